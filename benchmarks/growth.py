"""Does a pack's cost grow in line with its work? More pages of one kind, and more rows.

    python benchmarks/growth.py [--pages 1,2,4,8] [--customers 6000,30000,150000] [--only offers] [--plot FOLDER]

Pages are those of departments, each with rows of its own; an empty list leaves a series out.

CPU seconds. What one more costs, over the whole series and in its last step to that: 1 is in line,
less is better.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from measuring import TOOLKIT, cost_of, demo, table


def _slopes(sizes: list[int], costs: list[float]) -> tuple[float, float]:
    """Cost of one more from the first size to the last; and what it is in the last step, to that."""
    whole = (costs[-1] - costs[0]) / (sizes[-1] - sizes[0])
    return whole, (costs[-1] - costs[-2]) / (sizes[-1] - sizes[-2]) / whole


def _with_departments(text: str, count: int) -> str:
    """The params with so many departments, each with rows of its own, and a pack of their pages.

    A department of the demo is cut by its customers' numbers: no two pages ask for the same rows.
    """
    begins = text.index("\ndepartments:\n") + 1
    ends = begins + re.search(r"\n(?=[a-z#])", text[begins:]).start()
    demo = re.findall(r"\n  (\w+): \{\s+label: ([^,]+),.*?kpis: (\[[^\]]*\])", text[begins:ends], re.DOTALL)
    if len(demo) < 2 or "\npacks:\n" not in text or re.search(r"^[a-z]", text[text.index("\npacks:\n") + 8 :], re.MULTILINE):
        raise SystemExit("the demo's params have no departments as they had, or do not end with their packs")
    cuts = -(-count // len(demo))
    made = ["departments:"]
    for i in range(count):
        cut, (name, label, kpis) = i // len(demo), demo[i % len(demo)]
        where = f"department = '{name}' and cast(substr(customer_id, 2) as bigint) % {cuts} = {cut}"
        made.append(f'  d{i:02d}: {{label: {label} {cut + 1}, where: "{where}", kpis: {kpis}}}')
    pages = "\n  many: {label: Many, pages: [{notebook: department, for_each: departments}]}\n"
    return text[:begins] + "\n".join(made) + text[ends:].rstrip("\n") + pages


def _drawn(of: str, sizes: list[int], costs: list[float], to: str | None) -> None:
    """Cost by size, with the straight line through the first and the last, as one SVG file."""
    if to is None:
        return
    import altair as alt
    import pandas as pd
    import vl_convert

    rows = pd.DataFrame({"size": sizes, "cost": costs})
    dots = alt.Chart(rows).mark_line(point=True).encode(alt.X("size:Q", title=of), alt.Y("cost:Q", title="CPU, s"))
    straight = alt.Chart(rows.iloc[[0, -1]]).mark_line(strokeDash=[4, 4]).encode(x="size:Q", y="cost:Q")
    path = Path(to) / f"{of.partition(' ')[0]}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(vl_convert.vegalite_to_svg((dots + straight).to_json()))


def main() -> None:
    """Run both series and print cost and slope."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--pages", default="1,2,4,8,16,32,64")
    ask.add_argument("--customers", default="6000,24000,96000")
    ask.add_argument("--only", default="offers")
    ask.add_argument("--of", type=int, default=12_000, help="customers of the company with many departments")
    ask.add_argument("--plot", help="a folder for both series as pictures")
    asked = ask.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        if asked.pages:
            params = demo(here / "pages", asked.of)
            text = params.read_text()
            sizes, costs = [int(n) for n in asked.pages.split(",")], []
            for n in sizes:
                params.write_text(_with_departments(text, n))
                costs.append(cost_of([*TOOLKIT, "run", params, "--pack", "many", "--force", "--out", here / "out"], here).cpu)
                rows.append((f"{n} departments", costs[-1], costs[-1] / n, "", ""))
            rows[-1] = (*rows[-1][:3], *_slopes(sizes, costs))
            _drawn("departments", sizes, costs, asked.plot)
        if asked.customers:
            sizes, costs = [int(n) for n in asked.customers.split(",")], []
            for n in sizes:
                params = demo(here / str(n), n)
                costs.append(cost_of([*TOOLKIT, "run", params, "--only", asked.only, "--force", "--out", here / "out"], here).cpu)
                rows.append((f"{n:,} customers, {asked.only}", costs[-1], 1000 * costs[-1] / n, "", ""))
            one, last = _slopes(sizes, costs)
            rows[-1] = (*rows[-1][:3], 1000 * one, last)
            _drawn(f"customers ({asked.only})", sizes, costs, asked.plot)
    table(("what", "CPU, s", "a page, or 1,000 customers, s", "one more, or 1,000 more", "in the last step, to that"), rows)


if __name__ == "__main__":
    main()
