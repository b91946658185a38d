"""Pages made by hand for tests of rendering: a three-arm e-mail test as the notebook would show it.

The numbers are those of Hillstrom's MineThatData challenge (2008): 64,000 customers, arms no e-mail,
men's and women's e-mail; intervals by Newcombe and Welch.
"""

from __future__ import annotations

from datetime import date
from math import nan

import nbformat

from toolkit.display import charts
from toolkit.display.rows import Change, Effect, Level, Line, Mark, Point, Row
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.pack.page import PageContext, PageLink
from toolkit.shown import Grid

LINKS = (
    PageLink("ab_test-spring_mail", "Spring e-mail"),
    PageLink("ab_test-new_checkout", "New checkout"),
    PageLink("ab_test-welcome_call", "Welcome call"),
    PageLink("ab_test-price_page", "Price page"),
    PageLink("ab_test-loyalty_card", "Loyalty card", made=False),
)


def context(page: str = "ab_test-spring_mail", **changes: object) -> PageContext:
    """Aurora's third quarter."""
    values = {
        "page": page, "title": "Spring e-mail", "company": "Aurora", "pack": "Quarterly plan review", "period": "Q3 2026",
        "as_of": date(2026, 9, 30), "made_on": date(2026, 10, 2), "links": LINKS,
        "provenance": (
            ("Table customers", "sha256 8d1f20c5e6b74c0c9a3c5a94b1c0f3e2a7e6d5c4b3a29180f1e2d3c4b5a69788, 64,000 rows"),
            ("Params", "sha256 5b0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f405162738495a6b7c8d9ea"),
            ("toolkit", "0.1.0"), ("pandas", "3.1.0"), ("duckdb", "2.0.1"),
        ),
    }
    return PageContext(**(values | changes))


VISIT_M = Quantity(0.0765895637, "points", 0.0699533, 0.0832267)
VISIT_W = Quantity(0.0452331066, "points", 0.0388900, 0.0515800)
CONVERSION_M = Quantity(0.0068050065, "points", 0.0050000, 0.0086200)
CONVERSION_W = Quantity(0.0031110575, "points", 0.0014900, 0.0047400)
SPEND_M = Quantity(0.7698271559, "USD", 0.4851397, 1.0545145, per="customer")
SPEND_W = Quantity(0.4244122159, "USD", 0.1689500, 0.6798700, per="customer")
ORDER_M = Quantity(0.4758, "USD", -20.6, 21.5, per="order")
ORDER_W = Quantity(-4.41, "USD", -25.8, 17.0, per="order")

MENS, WOMENS, NONE = "Mens E-Mail", "Womens E-Mail", "No E-Mail"


def finding(**changes: object) -> Finding:
    """The main finding of the spring e-mail."""
    values = {
        "id": "ab_test/spring_mail/spend/mens", "notebook": "ab_test", "subject": "spring_mail", "verdict": "ship",
        "question": Sentence("Which spring e-mail should customers get?"),
        "sentence": Sentence(
            "Send {arm} to everyone: it brings {spend} more ({spend:range}) and {visits} more visits, and no "
            "guardrail got worse.",
            {"arm": MENS, "spend": SPEND_M, "visits": VISIT_M},
        ),
        "kpi": "spend", "comparison": MENS, "period": "2026Q3", "estimate": SPEND_M.value, "low": SPEND_M.low,
        "high": SPEND_M.high, "p_value": 1.16e-7, "unit": "USD", "n": 64000, "n_unit": "customers",
        "method": "Difference of means with Welch's interval; shares with Newcombe's; Holm over arms and primary metrics",
        "null": "no difference to the control arm", "source": "customers", "worthwhile": 0.2,
        "decision": Sentence("Ship {arm}", {"arm": MENS}), "owner": "Sales", "due": date(2026, 10, 15), "grade": "A",
        "headline": True, "checks": checks().checks,
    }
    return Finding(**(values | changes))


def checks() -> Checks:
    """One failed, three that hold, one for information."""
    return Checks((
        Check(Sentence("The split is as intended"), True, Sentence(
            "21,306, 21,387 and 21,307 customers; a split this uneven or more comes up in {p} of tests by chance",
            {"p": Quantity(0.9037, "probability")}), takes_verdict=True),
        Check(Sentence("Every customer appears once"), None, Sentence(
            "The table has no customer number; 6,562 rows are the same as another")),
        Check(Sentence("No single customer carries the result"), True, Sentence(
            "With the largest 0.1 % of spending cut back, the effect is {e} ({e:range})",
            {"e": Quantity(0.71, "USD", 0.45, 0.97, per="customer")})),
        Check(Sentence("The effect is the same in every segment"), False, Sentence(
            "Buyers of women's goods gain more visits from the women's e-mail: look by segment before writing the next one")),
        Check(Sentence("Nothing measured after assignment was filtered on"), True, Sentence("No filter is used")),
    ))


def effects(arms: tuple[str, str] = (MENS, WOMENS)) -> charts.Chart:
    """Four metrics, two arms."""
    m, w = arms
    rows = [
        Effect("Spend", m, SPEND_M, worthwhile=0.2), Effect("Spend", w, SPEND_W, worthwhile=0.2),
        Effect("Visits", m, VISIT_M), Effect("Visits", w, VISIT_W),
        Effect("Conversion", m, CONVERSION_M), Effect("Conversion", w, CONVERSION_W),
        Effect("Spend per order", m, ORDER_M, margin=5.0), Effect("Spend per order", w, ORDER_W, margin=5.0),
    ]
    return charts.effects(rows, Sentence("Both e-mails bring more visits and more spending than none; the men's brings most"))


def levels() -> charts.Chart:
    """The level of two metrics in three arms."""
    rows = [
        Level("Visits", NONE, Quantity(0.10617, "percent", 0.1021, 0.1104), control=True),
        Level("Visits", MENS, Quantity(0.18276, "percent", 0.1777, 0.1880)),
        Level("Visits", WOMENS, Quantity(0.15140, "percent", 0.1466, 0.1563)),
        Level("Spend", NONE, Quantity(0.6528, "USD", 0.497, 0.809, per="customer"), control=True),
        Level("Spend", MENS, Quantity(1.4226, "USD", 1.184, 1.661, per="customer")),
        Level("Spend", WOMENS, Quantity(1.0772, "USD", 0.875, 1.279, per="customer")),
    ]
    return charts.arms(rows, Sentence("Without an e-mail one customer in ten visits; with the men's almost one in five"))


def by_segment() -> Grid:
    """Effects by what customers bought before, one too small to show."""
    rows = (
        ("Mens and womens", MENS, Quantity(0.081, "points", 0.059, 0.103), 6400),
        ("Mens only", MENS, Quantity(0.0795, "points", 0.0697, 0.0893), 28818),
        ("Womens only", MENS, Quantity(0.0728, "points", 0.0632, 0.0824), 28734),
        ("Unknown", MENS, Quantity(nan, "points", reason="fewer than 10 customers"), 8),
    )
    heads = (Sentence("Bought before"), Sentence("Arm"), Sentence("More visits"), Sentence("Customers"))
    return Grid(Sentence("Visits by what customers bought before"), heads, rows, Sentence("Groups under 10 customers are not shown."))


def findings() -> Findings:
    """The main one and seven beside it."""
    def other(metric: str, arm: str, q: Quantity, verdict: str, sentence: Sentence) -> Finding:
        return finding(
            id=f"ab_test/spring_mail/{metric}/{arm}", kpi=metric, comparison=arm, estimate=q.value, low=q.low, high=q.high,
            unit=q.unit, verdict=verdict, sentence=sentence, decision=None, owner=None, due=None, headline=False, checks=(),
        )
    return Findings((
        finding(),
        other("spend", WOMENS, SPEND_W, "ship", Sentence("{a} brings {q} more ({q:range}).", {"a": WOMENS, "q": SPEND_W})),
        other("visits", MENS, VISIT_M, "ship", Sentence("{a} brings {q} more visits ({q:range}).", {"a": MENS, "q": VISIT_M})),
        other("visits", WOMENS, VISIT_W, "ship", Sentence("{a} brings {q} more visits ({q:range}).", {"a": WOMENS, "q": VISIT_W})),
        other("order", MENS, ORDER_M, "hold", Sentence(
            "Spend per order cannot be told apart from no e-mail ({q:range} USD).", {"q": ORDER_M})),
    ))


def over_time() -> charts.Chart:
    """Visits by month with an incomplete last one and two changes of the plan."""
    share = [.101, .104, .099, .106, .108, .103, .107, .111, .109, .128, .141, .149, .152, .150, .155, .153, .158, .139]
    points = tuple(
        Point(date(2025 + (3 + i) // 12, (3 + i) % 12 + 1, 1), Quantity(v, "percent", v - .009, v + .009), i < 17)
        for i, v in enumerate(share)
    )
    changes = (Change(date(2025, 12, 20), "Spring e-mail"), Change(date(2026, 6, 1), "New checkout"))
    return charts.line_over_time(
        [Line("Aurora", points)], Sentence("Visits rose with the spring e-mail and stayed up"), changes=changes,
        axis=Sentence("Customers who visit in a month"), marks=(Mark(.15, Sentence("goal")),),
    )


def causes() -> charts.Chart:
    """Counts by cause, one unknown."""
    rows = [
        Row("Late delivery", Quantity(812, "count")), Row("Wrong bill", Quantity(530, "count")),
        Row("No answer on the phone", Quantity(188, "count")), Row("Cause not written down", Quantity(nan, "count"), "unknown"),
    ]
    return charts.bars(rows, Sentence("Late deliveries are the first cause of complaints"), axis=Sentence("Complaints"))


def regions() -> charts.Chart:
    """Five small series."""
    def points(base: float) -> tuple[Point, ...]:
        return tuple(
            Point(date(2026, i + 1, 1), Quantity(base + .004 * i, "percent", base + .004 * i - .01, base + .004 * i + .01), i < 8)
            for i in range(9)
        )
    of = {name: [Line(name, points(.11 + .01 * i))] for i, name in enumerate(("North", "South", "East", "West", "Islands"))}
    return charts.small_multiples(of, Sentence("Visits rise in every region"))


def notebook(*more: object, title: str = "Which spring e-mail should customers get?") -> nbformat.NotebookNode:
    """The executed notebook; `more` is shown under "By month"."""
    made = nbformat.v4.new_notebook()

    def words(text: str) -> None:
        made.cells.append(nbformat.v4.new_markdown_cell(text))

    def shows(source: str, *values: object, tags: tuple[str, ...] = ()) -> None:
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})
        cell.outputs = [
            nbformat.v4.new_output("execute_result", v._repr_mimebundle_(), execution_count=1) for v in values
        ]
        made.cells.append(cell)

    words(f"# {title}\n\nThree arms, two weeks, no e-mail as control.")
    shows('company = "params/demo.yaml"\ntest = "spring_mail"\nperiod = "2026Q3"', tags=("parameters",))
    shows("from toolkit import charts, experiments, open_company\n\nstudy = open_company(company, period).test(test)")
    words("## What happened")
    shows("result = experiments.estimate(study)\ncharts.effects(result)", effects())
    words("The level of each arm stands beside its difference to control.")
    shows("charts.arms(result)", levels())
    words("## Should we believe it?")
    shows("checks = experiments.check(result); checks", checks())
    words("## What follows")
    shows("experiments.conclude(result, checks)", findings())
    words("## Details\n\n### By segment")
    table = nbformat.v4.new_code_cell("result.segments")
    grid = by_segment()
    data = {"text/plain": grid.text(), "text/html": grid.html(), "application/vnd.toolkit.grid+json": grid.to_json()}
    table.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    made.cells.append(table)
    words("### Definitions\n\n**Visits**: customers with at least one visit to the site within two weeks.\n\n"
          "**Spend**: money spent within two weeks, counted for every customer, buyers or not.")
    if more:
        words("### By month")
        shows("charts.line_over_time(result.months)", *more)
    for i, cell in enumerate(made.cells):
        cell["id"] = f"cell-{i:02d}"
    return made


def pack_findings() -> list[dict]:
    """What the index is made from: four tests."""
    calls = Quantity(-0.012, "points", -0.019, -0.005)
    return [
        *({**f.to_json(), "page": "ab_test-spring_mail"} for f in findings()),
        {**finding(
            id="ab_test/new_checkout/conversion", subject="new_checkout", kpi="conversion", verdict="roll_back", comparison="new",
            question=Sentence("Does the new checkout sell more?"),
            sentence=Sentence("The new checkout sells less: {q:size} fewer customers buy ({q:sizes}).", {"q": calls}),
            estimate=calls.value, low=calls.low, high=calls.high, unit="points", n=18240, worthwhile=0.005,
            decision=Sentence("Roll back {arm}", {"arm": "the new checkout"}), owner="Product", due=date(2026, 10, 5)).to_json(),
            "page": "ab_test-new_checkout"},
        {**finding(
            id="ab_test/welcome_call/renewal", subject="welcome_call", kpi="renewal", verdict="hold", comparison="call",
            question=Sentence("Do welcome calls keep customers?"),
            sentence=Sentence("Too early to tell whether welcome calls keep customers: 7 more weeks."),
            estimate=0.011, low=-0.004, high=0.026, unit="points", n=6120, worthwhile=0.01,
            decision=Sentence("Keep the test running to {day}", {"day": date(2026, 11, 20)}), owner="Service",
            due=date(2026, 11, 20)).to_json(), "page": "ab_test-welcome_call"},
        {**finding(
            id="ab_test/price_page/conversion", subject="price_page", kpi="conversion", verdict="invalid", comparison="short",
            question=Sentence("Does a shorter price page sell more?"),
            sentence=Sentence("The price page test cannot be judged: 5,210 customers got the short page and 4,790 the long "
                              "one, where half and half was meant. Find out which were lost before trusting it."),
            estimate=nan, low=nan, high=nan, p_value=nan, n=10000, worthwhile=None, decision=None, owner=None, due=None,
        ).to_json(), "page": "ab_test-price_page"},
    ]


FAILED = {"ab_test-loyalty_card": "The arm 'gold' of the test 'loyalty_card' has no rows in table 'assignments'."}
