"use strict";
(() => {
  const GAP = 32, EDGE = 4, TICK = 96, TITLE = 8.8, SUBTITLE = 6.8;
  const FIGURE = 7.2, LETTER = 7.4, SMALL = 6.6, LINE = 16, MOST_LINES = 4, TENTHS = [5, 6, 7, 8, 9, 10], MOST_ROWS = 4;

  const EMPTY = { data: { values: [{}] }, mark: { type: "point", opacity: 0 }, height: 1 };

  // a program that fills rows from the left puts the first panel on the right
  const fromTheRight = (panels, columns, each) => {
    const filled = [...panels];
    while (filled.length % columns) filled.push({ ...EMPTY, width: each });
    const rows = [];
    for (let i = 0; i < filled.length; i += columns) rows.push(...filled.slice(i, i + columns).reverse());
    return rows;
  };

  // what keeps its direction on one line goes on doing so on the next
  const isolated = (all) => {
    let before = "";
    return all.map((line) => {
      const text = before + line;
      let still = "";
      for (const letter of text) {
        if ("\u2066\u2067\u2068".includes(letter)) still += letter;
        else if (letter === "\u2069") still = still.slice(0, -1);
      }
      before = still;
      return text + "\u2069".repeat(still.length);
    });
  };

  // where a long name of a column goes on in the next line
  const joint = (word, room) => Math.max(0, ...["_", ".", "/", "-"].map((sign) => word.slice(0, Math.max(room, 0)).lastIndexOf(sign) + 1));

  const lines = (text, each, character, broken = false) => {
    const most = Math.max(1, Math.floor(each / character)), all = [];
    for (const one of [].concat(text)) {
      const out = [];
      let line = "";
      for (let word of one.split(/\s+/)) {
        if (line && line.length + 1 + word.length <= most) { line += " " + word; continue; }
        if (broken && word.length > most) {
          const first = joint(word, most - line.length - 1);
          if (line && first) { line += " " + word.slice(0, first); word = word.slice(first); }
          if (line) out.push(line);
          while (word.length > most) {
            const at = joint(word, most) || most;
            out.push(word.slice(0, at));
            word = word.slice(at);
          }
          line = word;
          continue;
        }
        if (line) out.push(line);
        line = word;
      }
      out.push(line);
      all.push(...isolated(out));
    }
    return all;
  };

  const titled = (view, each) => {
    const title = view.title;
    if (!title || title.text === undefined) return view;
    const wrapped = { ...title, text: lines(title.text, each, TITLE) };
    if (title.subtitle && title.subtitle.length) wrapped.subtitle = lines(title.subtitle, each, SUBTITLE);
    return { ...view, title: wrapped };
  };

  const tall = (view) => (view.title && view.title.text !== undefined ? view.title.text.length + (view.title.subtitle || []).length : 0);

  // titles of a row of panels begin at one height
  const level = (views, columns) => views.map((view, i) => {
    const first = i - (i % columns);
    const lack = Math.max(...views.slice(first, first + columns).map(tall)) - tall(view);
    if (!lack || !tall(view)) return view;
    return { ...view, title: { ...view.title, subtitle: [...(view.title.subtitle || []), ...Array(lack).fill(" ")] } };
  });

  const cut = (all) => (all.length <= MOST_LINES ? all : [...all.slice(0, MOST_LINES - 1), `${all[MOST_LINES - 1]} …`]);

  const levelled = (view, inner) => {
    if (!view.layer) return view;
    const layer = view.layer.map((one) => {
      if (one.mark.style !== "level-name") return one;
      const name = lines(one.data.values[0].label, inner - 8, SMALL);
      const mark = { ...one.mark, dy: one.mark.dy - LINE * (name.length - 1), lineHeight: LINE };
      return { ...one, mark, data: { values: one.data.values.map((row) => ({ ...row, label: name })) } };
    });
    return { ...view, layer };
  };

  const labelled = (given, inner) => {
    const view = levelled(given, inner);
    const named = (layer) => layer.mark.style === "row-label";
    const first = (view.layer || []).find(named);
    if (!first) return view;
    const rows = first.data.values;
    const longest = Math.max(...rows.map((row) => (row.number || "").length));
    const room = Math.max(60, inner - (longest ? Math.ceil(longest * FIGURE) + 12 : 0));
    const written = rows.map((row) => cut(lines(row.label, room, LETTER, true)));
    const most = Math.max(...written.map((l) => l.length));
    const half = (LINE * (most - 1)) / 2;
    const layer = view.layer.map((one) => {
      const mark = { ...one.mark };
      if (mark.yOffset !== undefined) mark.yOffset += named(one) ? -half : half;
      if (!named(one)) return { ...one, mark };
      const told = rows.map((row, i) => ({ ...row, label: [...Array(most - written[i].length).fill(""), ...written[i]] }));
      return { ...one, mark: { ...mark, limit: room, lineHeight: LINE }, data: { values: told } };
    });
    return { ...view, layer, height: { step: view.height.step + 2 * half } };
  };

  // the same layout as toolkit/display/layout.py, on the width that is really there
  const atWidth = (spec, width) => {
    const { panel, left, mirrored } = spec.usermeta.toolkit;
    const room = width - EDGE;
    const count = spec.concat ? spec.concat.length : 1;
    const columns = spec.concat ? Math.max(1, Math.min(count, Math.floor((room + GAP) / (panel + GAP)))) : 1;
    const each = Math.floor((room - GAP * (columns - 1)) / columns);
    const inner = each - left;
    const config = {
      ...spec.config,
      axisX: { tickCount: Math.max(2, Math.floor(inner / TICK)) },
      title: { ...spec.config.title, limit: each },
      style: {
        "change-label": { limit: Math.floor(inner / 2) },
        ...Object.fromEntries(TENTHS.map((n) => [`tenths-${n}`, { limit: Math.floor((inner * n) / 10) - 6 }])),
      },
    };
    const fitted = { ...spec, config, usermeta: {} };
    if (!spec.concat) return { ...labelled(titled(fitted, each), inner), width: inner };
    const views = level(spec.concat.map((view) => ({ ...labelled(titled(view, each), inner), width: inner })), columns);
    const order = mirrored ? fromTheRight(views, columns, each) : views;
    if (order.length <= MOST_ROWS * columns) return { ...fitted, columns, concat: order };
    // more than stands on a sheet: a drawing for each row, so that a page ends between rows
    const rows = [];
    for (let i = 0; i < order.length; i += columns) rows.push({ ...fitted, columns, concat: order.slice(i, i + columns) });
    return rows;
  };

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  const tooltip = (handler, event, item, value) => {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    tip.textContent = String(value);
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, room))}px`;
    tip.style.top = `${event.clientY + 14}px`;
  };

  const unpacked = (packed) => {
    const bytes = Uint8Array.from(atob(packed.trim()), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };

  const draw = async (place) => {
    const width = place.clientWidth;
    if (!width || place.dataset.width === String(width)) return;
    place.dataset.width = String(width);
    const spec = JSON.parse(await unpacked(document.getElementById(place.dataset.chart).textContent));
    const drawn = document.createElement("div");
    drawn.className = "drawn";
    const { numbers, times } = spec.usermeta.toolkit;
    const written = numbers ? { formatLocale: numbers, timeFormatLocale: times } : {};
    const options = { ast: true, renderer: "svg", actions: false, mode: "vega-lite", defaultStyle: false, tooltip, ...written };
    const pieces = [].concat(atWidth(spec, width)), results = [];
    for (const piece of pieces) {
      const row = pieces.length > 1 ? drawn.appendChild(document.createElement("div")) : drawn;
      results.push(await window.vegaEmbed(row, piece, options));
    }
    if (place.dataset.width !== String(width)) return results.forEach((result) => result.finalize());
    place.toggleAttribute("data-pieces", pieces.length > 1);
    // the drawing program names the drawing after itself and adds an empty form
    drawn.querySelectorAll("form").forEach((form) => form.remove());
    for (const row of [drawn, ...drawn.children]) row.removeAttribute("aria-roledescription");
    // one picture with one description: its parts have no names that a screen reader could say
    drawn.querySelectorAll("[role], [aria-roledescription]").forEach((part) => {
      for (const name of ["role", "aria-roledescription", "aria-label"]) part.removeAttribute(name);
    });
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", place.dataset.alt);
    place.replaceChildren(drawn);
    place.dataset.state = "drawn";
  };

  const begin = async () => {
    const packed = document.getElementById("drawing-program");
    // an older browser keeps the still pictures
    if (!packed || typeof DecompressionStream === "undefined") return;
    const program = document.createElement("script");
    program.textContent = await unpacked(packed.textContent);
    document.head.append(program);
    if (typeof window.vegaEmbed !== "function") return;
    document.body.append(tip);
    const places = [...document.querySelectorAll("[data-chart]")];
    for (const place of places) await draw(place);
    document.documentElement.dataset.drawn = String(places.filter((p) => p.dataset.state === "drawn").length);
    let later = 0;
    new ResizeObserver(() => {
      clearTimeout(later);
      later = setTimeout(() => places.forEach(draw), 150);
    }).observe(document.body);
    // a chart in a closed part has no width until it is opened
    document.addEventListener("toggle", () => places.forEach(draw), true);
  };

  const opened = [];
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([open])")) {
      part.open = true;
      opened.push(part);
    }
  });
  window.addEventListener("afterprint", () => opened.splice(0).forEach((part) => { part.open = false; }));

  begin();
})();
