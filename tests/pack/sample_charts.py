"""The charts and tables of the sample pages: Hillstrom's e-mail test, and others beside it."""

from __future__ import annotations

from datetime import date
from math import nan

from toolkit.display import charts
from toolkit.display.rows import Change, Effect, Level, Line, Mark, Point, Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid

VISIT_M = Quantity(0.0765895637, "points", 0.0699533, 0.0832267)
VISIT_W = Quantity(0.0452331066, "points", 0.0388900, 0.0515800)
CONVERSION_M = Quantity(0.0068050065, "points", 0.0050000, 0.0086200)
CONVERSION_W = Quantity(0.0031110575, "points", 0.0014900, 0.0047400)
SPEND_M = Quantity(0.7698271559, "USD", 0.4851397, 1.0545145, per="customer")
SPEND_W = Quantity(0.4244122159, "USD", 0.1689500, 0.6798700, per="customer")
ORDER_M = Quantity(0.4758, "USD", -20.6, 21.5, per="order")
ORDER_W = Quantity(-4.41, "USD", -25.8, 17.0, per="order")

MENS, WOMENS, NONE = "Mens E-Mail", "Womens E-Mail", "No E-Mail"


def effects(arms: tuple[str, str] = (MENS, WOMENS)) -> charts.Chart:
    """Four metrics, two arms."""
    m, w = arms
    rows = [
        Effect("Spend", m, SPEND_M, worthwhile=0.2),
        Effect("Spend", w, SPEND_W, worthwhile=0.2),
        Effect("Visits", m, VISIT_M),
        Effect("Visits", w, VISIT_W),
        Effect("Conversion", m, CONVERSION_M),
        Effect("Conversion", w, CONVERSION_W),
        Effect("Spend per order", m, ORDER_M, margin=5.0),
        Effect("Spend per order", w, ORDER_W, margin=5.0),
    ]
    return charts.effects(
        rows,
        Sentence(
            "Both e-mails bring more visits and more spending than none; the men's brings most"
        ),
    )


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
    return charts.arms(
        rows,
        Sentence("Without an e-mail one customer in ten visits; with the men's almost one in five"),
    )


def over_time() -> charts.Chart:
    """Visits by month with an incomplete last one and two changes of the plan."""
    share = [
        0.101,
        0.104,
        0.099,
        0.106,
        0.108,
        0.103,
        0.107,
        0.111,
        0.109,
        0.128,
        0.141,
        0.149,
        0.152,
        0.150,
        0.155,
        0.153,
        0.158,
        0.139,
    ]
    points = tuple(
        Point(
            date(2025 + (3 + i) // 12, (3 + i) % 12 + 1, 1),
            Quantity(v, "percent", v - 0.009, v + 0.009),
            i < 17,
        )
        for i, v in enumerate(share)
    )
    changes = (
        Change(date(2025, 12, 20), "Spring e-mail"),
        Change(date(2026, 6, 1), "New checkout"),
    )
    return charts.line_over_time(
        [Line("Aurora", points)],
        Sentence("Visits rose with the spring e-mail and stayed up"),
        changes=changes,
        axis=Sentence("Customers who visit in a month"),
        marks=(Mark(0.15, Sentence("goal")),),
    )


def causes() -> charts.Chart:
    """Counts by cause, one unknown."""
    rows = [
        Row("Late delivery", Quantity(812, "count")),
        Row("Wrong bill", Quantity(530, "count")),
        Row("No answer on the phone", Quantity(188, "count")),
        Row("Cause not written down", Quantity(nan, "count"), "unknown"),
    ]
    return charts.bars(
        rows,
        Sentence("Late deliveries are the first cause of complaints"),
        axis=Sentence("Complaints"),
    )


def regions() -> charts.Chart:
    """Five small series."""

    def points(base: float) -> tuple[Point, ...]:
        return tuple(
            Point(
                date(2026, i + 1, 1),
                Quantity(
                    base + 0.004 * i, "percent", base + 0.004 * i - 0.01, base + 0.004 * i + 0.01
                ),
                i < 8,
            )
            for i in range(9)
        )

    of = {
        name: [Line(name, points(0.11 + 0.01 * i))]
        for i, name in enumerate(("North", "South", "East", "West", "Islands"))
    }
    return charts.small_multiples(of, Sentence("Visits rise in every region"))


def by_segment() -> Grid:
    """Effects by what customers bought before, one too small to show."""
    rows = (
        ("Mens and womens", MENS, Quantity(0.081, "points", 0.059, 0.103), 6400),
        ("Mens only", MENS, Quantity(0.0795, "points", 0.0697, 0.0893), 28818),
        ("Womens only", MENS, Quantity(0.0728, "points", 0.0632, 0.0824), 28734),
        ("Unknown", MENS, Quantity(nan, "points", reason="fewer than 10 customers"), 8),
    )
    heads = (
        Sentence("Bought before"),
        Sentence("Arm"),
        Sentence("More visits"),
        Sentence("Customers"),
    )
    return Grid(
        Sentence("Visits by what customers bought before"),
        heads,
        rows,
        Sentence("Groups under 10 customers are not shown."),
    )
