"""What is wrong with the looks of a page in a window: clipped, covered, wider than the window, without size.

`faults` opens every closed part and lays the page out at one width after the other, so that a reader's
phone, tablet and desk, and paper, are seen in one visit.
"""

from __future__ import annotations

from chromium import Visit

PAPER = 680
"""Pixels between the margins of A4."""

OPENED = "document.querySelectorAll('details').forEach(d => { d.open = true })"
_MARK = """document.querySelectorAll('[data-chart]').forEach(p => {
  p.dataset.was = p.clientWidth; if (p.firstElementChild) p.firstElementChild.dataset.old = 1 })"""
_SETTLED = """[...document.querySelectorAll('[data-chart]')].every(p => !p.clientWidth || (p.querySelector('.drawn')
  && (String(p.clientWidth) === p.dataset.was ? p.dataset.width === p.dataset.was : !p.firstElementChild.dataset.old)))"""

_LOOK = r"""(() => {
  const out = [], wide = document.documentElement.clientWidth;
  const said = (e) => e.tagName.toLowerCase() + ' ' + (e.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40);
  const hidden = (e) => !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || (() => {
    for (let p = e; p; p = p.parentElement) if (getComputedStyle(p).clipPath === 'inset(50%)') return true; return false; })();
  const scroller = (e) => { for (let p = e; p && p !== document.body; p = p.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return p; return null; };
  if (document.documentElement.scrollWidth > wide) out.push('the page is wider than the window');
  for (const e of document.body.querySelectorAll('*')) {
    if ((e.closest('svg') && e.tagName !== 'svg') || e.closest('.skip, .tip')) continue;
    const r = e.getBoundingClientRect(), c = getComputedStyle(e);
    if (!r.width || !r.height) continue;
    if ((r.right > wide + 1 || r.left < -1) && !scroller(e) && !hidden(e)) out.push('beyond the window: ' + said(e));
    if (e.tagName !== 'svg' && c.display !== 'inline' && !hidden(e)) {
      const cut = (way) => ['hidden', 'clip'].includes(way);
      if ((cut(c.overflowX) && e.scrollWidth > e.clientWidth + 1) || (cut(c.overflowY) && e.scrollHeight > e.clientHeight + 1))
        out.push('clipped: ' + said(e));
      const place = e.tagName === 'TABLE' && !scroller(e) && e.parentElement.getBoundingClientRect();
      if (place && (r.right > place.right + 1 || r.left < place.left - 1)) out.push('wider than its place: ' + said(e));
      if (r.width < 24 && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 12)) out.push('squeezed: ' + said(e));
    }
  }
  const boxes = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = texts.nextNode());) {
    const t = n.textContent.trim(), e = n.parentElement;
    if (!t || ['SCRIPT', 'STYLE'].includes(e.tagName) || e.closest('.skip, .tip') || hidden(e)) continue;
    const svg = e.closest('svg'), range = document.createRange(), box = scroller(e)?.getBoundingClientRect();
    range.selectNodeContents(n);
    for (const r of svg ? [e.getBoundingClientRect()] : range.getClientRects()) {
      const left = box ? Math.max(r.left, box.left) : r.left, right = box ? Math.min(r.right, box.right) : r.right;
      if (right - left > 1) boxes.push({ t, n, svg, left, right, top: r.top + r.height * .2, bottom: r.bottom - r.height * .2 });
    }
  }
  boxes.sort((a, b) => a.top - b.top);
  boxes.forEach((a, i) => { for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom; j++) {
    const b = boxes[j], across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    if (a.n === b.n || across <= 1.5 || Math.min(a.bottom, b.bottom) - b.top <= 1) continue;
    // a name on a ground of paper is drawn twice in one place
    if (a.svg && a.t === b.t && Math.abs(a.left - b.left) < 1.5 && Math.abs(a.top - b.top) < 1.5) continue;
    out.push('covered: ' + a.t.slice(0, 30) + ' and ' + b.t.slice(0, 30));
  } });
  for (const place of document.querySelectorAll('[data-chart]')) {
    const svg = place.querySelector('svg, img'), b = svg && svg.getBoundingClientRect();
    if (!b || b.width < 100 || b.height < 40) { out.push('a chart without size'); continue; }
    for (const text of svg.querySelectorAll('text')) {
      const t = text.textContent.trim(), r = text.getBoundingClientRect();
      if (!t || !r.width) continue;
      if (r.left < b.left - 4 || r.right > b.right + 4 || r.top < b.top - 5 || r.bottom > b.bottom + 5) out.push('outside its chart: ' + t);
      if (t.endsWith('…')) out.push('cut short in a chart: ' + t);
    }
  }
  return [...new Set(out)];
})()"""


def faults(visit: Visit, widths: tuple[int, ...], paper: bool = True) -> list[str]:
    """Everything wrong at each of the `widths`, and on paper; the width stands in front."""
    visit.all_drawn_or_none()
    found = []
    visit.js(_MARK)
    visit.js(OPENED)
    visit.until(_SETTLED)
    for width in (*widths, *([PAPER] if paper else ())):
        visit.js(_MARK)
        visit.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        visit.until(_SETTLED)
        if width == PAPER:
            visit.ask("Emulation.setEmulatedMedia", media="print")
        # paper does not scroll: what hidden words make wider there is not seen
        seen = [f for f in visit.js(_LOOK) if width != PAPER or not f.startswith("the page is wider")]
        found += [f"{width}: {fault}" for fault in seen]
    return found
