"""How heavy is a page, and how soon is it seen? Against nbconvert's own page of the same notebook.

    python benchmarks/page_weight.py [--only kpi_trends] [--runs 7]

A page of the demo with many charts, executed once, as our page and by ``jupyter nbconvert --to html``. First
paint is Chromium's own `first-contentful-paint`, with JavaScript off. Needs Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, TOOLKIT, cost_of, demo, table

_PAINT = "(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: NaN}).startTime"


def main() -> None:
    """Make both pages, open them in turn, print bytes and milliseconds."""
    sys.path.insert(0, str(ROOT / "tests"))
    from chromium import Browser

    from toolkit.pack.markup import packed_script

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--only", default="kpi_trends")
    ask.add_argument("--runs", type=int, default=7)
    asked = ask.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        here = Path(place)
        params = demo(here, 6000)
        cost_of([*TOOLKIT, "run", params, "--only", asked.only, "--out", here / "reports"], here)
        run = next((here / "reports").glob("*/*/*/manifest.json")).parent
        ours = next(p for p in run.glob("*.html") if p.name != "index.html")
        theirs = here / "theirs.html"
        cost_of([Path(sys.executable).parent / "jupyter", "nbconvert", "--to", "html", "--output", theirs,
                 run / "notebooks" / f"{ours.stem}.ipynb"], here)  # fmt: skip
        library = len(packed_script()[0])  # as it stands in the page: compressed, in base64
        charts = ours.read_text().count("data-chart=")
        seen: dict[Path, list[float]] = {theirs: [], ours: []}
        browser = Browser(program, here / "profile")
        try:
            for _ in range(asked.runs):
                for page, times in seen.items():
                    with browser.visit(page, scripts=False) as visit:
                        visit.until(f"!isNaN({_PAINT})")
                        times.append(float(visit.js(_PAINT)))
        finally:
            browser.close()
        size = {page: page.stat().st_size for page in seen}
    paint = {page: statistics.median(times) for page, times in seen.items()}
    lean = size[ours] - (library if charts else 0)
    table((f"{asked.only}, {charts} charts", "nbconvert", "toolkit", "ratio", "aim"), [
        ("bytes", size[theirs], size[ours], size[ours] / size[theirs], ""),
        ("bytes without the chart library", size[theirs], lean, lean / size[theirs], "at most 0.33"),
        ("first paint, ms, median", paint[theirs], paint[ours], paint[ours] / paint[theirs], "at most 1"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
