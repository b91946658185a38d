"""Size, value and outcomes of every segment, after the proof that everybody is in exactly one."""

from __future__ import annotations

import math
from collections.abc import Mapping

import ibis.expr.types as ir

from toolkit.customers.definition import Bought
from toolkit.customers.ledger import asked, in_one_engine, money, orders_of, people, problems_of, purchases
from toolkit.customers.segments.definition import COMPUTED, SCORES, Outcome, Rules, Segmenting
from toolkit.customers.segments.proving import prove
from toolkit.customers.segments.results import Measured, Segment, Segmentation, Segmented
from toolkit.customers.segments.scoring import cells, scored
from toolkit.customers.value.estimating import by_customer
from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.stats import means, ratios, shares
from toolkit.stats.means import MeanMoments
from toolkit.stats.ratios import RatioMoments
from toolkit.stats.shares import Share
from toolkit.study import Study


def estimate(
    table: Study[Segmenting] | TableLike | Mapping[str, TableLike], definition: Segmenting | None = None
) -> Segmented:
    """Who belongs together, and how do the segments differ?

    Parameters
    ----------
    table
        A study; or the tables by name.
    definition
        What to ask of `table`.

    Returns
    -------
    Segmented
        For each segmentation the segments in the order declared, with share, net value a customer
        and outcomes, each with its interval over customers.

    Raises
    ------
    Refused
        Rules that overlap or leave customers out, with examples; columns that are not there,
        faults of SQL.
    """
    if definition is None:
        definition, table = table.definition, table.table
    tables = in_one_engine(table, definition.tables)
    scores = _scores(tables, definition)
    each = _money(tables, definition, scores)
    problems = [p for o in definition.outcomes for p in _wrong(tables, o)]
    if problems:
        raise Refused(problems)
    found, unscored = [], 0
    if definition.rfm is not None:
        rules = definition.rfm
        whole = scored(scores[0], definition.window.ends)
        proved = prove(cells(whole), rules.rules, SCORES, f"customers.segments.{rules.name}")
        counted = prove(whole, rules.rules, SCORES, f"customers.segments.{rules.name}")
        members = _members(whole, rules)
        found.append(_measured(tables, definition, rules, members, each, counted, sum(proved.values())))
    if definition.rules:
        base = _there(people(tables, definition.who), definition)
        unscored = _without_orders(base, scores)
        joined = _with_computed(base, each, scores)
        columns = tuple(dict.fromkeys((*(c for c in definition.who.columns if c in base.columns), *COMPUTED)))
        for rules in definition.rules:
            counted = prove(joined, rules.rules, columns, f"customers.segments.rules.{rules.name}")
            members = _members(joined, rules)
            found.append(_measured(tables, definition, rules, members, each, counted, None))
    return Segmented(definition, tuple(found), unscored)


def _there(base: ir.Table, definition: Segmenting) -> ir.Table:
    """Customers who were there in the window; all where it has no first day."""
    starts, ends = definition.window.starts, definition.window.ends
    there = f"(toolkit_came IS NULL OR toolkit_came <= DATE '{ends}')"
    if starts is not None:
        there += f" AND (toolkit_went IS NULL OR toolkit_went >= DATE '{starts}')"
    kept = queried(base, "*", there).cache()
    if not int(asked(kept, "COUNT(*) AS n").n[0]):
        raise Refused(Problem("customers.who", "has no customer who was there in this window", definition.who.table))
    return kept


def _scores(tables, definition: Segmenting) -> tuple[ir.Table] | None:
    bought: Bought | None = definition.bought
    if bought is None:
        return None
    orders = orders_of(purchases(tables, bought, definition.window))
    if not int(asked(orders, "COUNT(*) AS n").n[0]):
        raise Refused(Problem("customers.purchases", "has no order that counts: all rows were left out"))
    return (orders,)


def _money(tables, definition: Segmenting, scores) -> ir.Table | None:
    """One row a customer with money: net value in the window, or the amount bought where no flow is known."""
    if definition.flows:
        return by_customer(money(tables, definition.flows, definition.window), definition.flows, None)
    if scores is None:
        return None
    orders, starts = scores[0], definition.window.starts
    return queried(
        orders, "customer, SUM(amount) AS revenue, SUM(amount) AS net",
        f"day >= DATE '{starts}'" if starts else None, "GROUP BY customer",
    ).cache()  # fmt: skip


def _with_computed(base: ir.Table, each: ir.Table | None, scores) -> ir.Table:
    """Customers with their orders, revenue and net value; 0 where they have none."""
    joined = base
    if scores is not None:
        counted = queried(scores[0], "customer AS who_ordered, COUNT(*) AS orders_", then="GROUP BY customer")
        joined = joined.left_join(counted, joined.customer == counted.who_ordered).drop("who_ordered")
    if each is not None:
        paid = queried(each, "customer AS who_paid, revenue AS revenue_, net AS net_")
        joined = joined.left_join(paid, joined.customer == paid.who_paid).drop("who_paid")
    chosen = [
        f"COALESCE({c}_, 0) AS {c}" if f"{c}_" in joined.columns else f"0 AS {c}"
        for c in COMPUTED if c not in base.columns
    ]  # fmt: skip
    return queried(joined, ", ".join([*(f'"{c}"' for c in base.columns), *chosen])).cache()


def _without_orders(base: ir.Table, scores) -> int:
    if scores is None:
        return 0
    ordered = queried(scores[0], "DISTINCT customer AS who_ordered")
    joined = base.left_join(ordered, base.customer == ordered.who_ordered)
    return int(asked(joined, "COUNT(*) AS n", "who_ordered IS NULL").n[0])


def _members(cases: ir.Table, rules: Rules) -> ir.Table:
    """Customer -> number of its segment."""
    cases_ = " ".join(f"WHEN ({sql}\n) THEN {i}" for i, sql in enumerate(rules.rules.values()))
    return queried(cases, f"customer, CASE {cases_} END AS segment").cache()


def _measured(
    tables, definition: Segmenting, rules: Rules, members: ir.Table, each: ir.Table | None,
    counted: Mapping[str, int], proved: int | None,
) -> Segmentation:  # fmt: skip
    level = definition.window.level
    n = sum(counted.values())
    worth = _worth(members, each)
    outcomes = {o.name: _outcome(tables, members, o) for o in definition.outcomes}
    segments = []
    for i, (name, size) in enumerate(counted.items()):
        value, margin = worth.get(i, (MeanMoments(0, math.nan, math.nan), math.nan))
        measured = tuple(
            Measured(o, ratios.interval(outcomes[o.name].get(i, _NOBODY), level=level), int(outcomes[o.name].get(i, _NOBODY).n))
            for o in definition.outcomes
        )
        segments.append(Segment(
            name, rules.rules[name], size, shares.interval(Share(size, n), level=level),
            means.interval(value, level=level), margin, value.mean * value.n if value.n else math.nan, measured,
        ))  # fmt: skip
    everyone = _pooled([v for v, _ in worth.values()])
    return Segmentation(rules, n, tuple(segments), everyone, proved)


_NOBODY = RatioMoments(0, math.nan, math.nan, math.nan, math.nan, math.nan)


def _worth(members: ir.Table, each: ir.Table | None) -> dict[int, tuple[MeanMoments, float]]:
    """Segment -> net value a customer, and the mean before serving; members without money count as 0."""
    if each is None:
        return {}
    serving = "serving" if "serving" in each.columns else "0"
    paid = queried(each, f"customer AS who_paid, net, net + {serving} AS margin")
    joined = members.left_join(paid, members.customer == paid.who_paid)
    found = asked(
        joined, "segment, COUNT(*) AS n, AVG(COALESCE(net, 0)) AS mean, VAR_SAMP(COALESCE(net, 0)) AS var, "
        "AVG(COALESCE(margin, 0)) AS margin", then="GROUP BY segment",
    )  # fmt: skip
    return {
        int(r.segment): (MeanMoments(int(r.n), float(r.mean), float(r.var) if r.n > 1 else math.nan), float(r.margin))
        for r in found.itertuples()
    }


def _wrong(tables, outcome: Outcome):
    sql = {"numerator": outcome.numerator, "denominator": outcome.denominator, "where": outcome.where}
    at = f"customers.segments.outcomes.{outcome.name}"
    return problems_of(tables[outcome.table], at, {"customer": outcome.customer}, sql)


def _outcome(tables, members: ir.Table, outcome: Outcome) -> dict[int, RatioMoments]:
    """Segment -> moments of the two sums over its customers that have rows."""
    rows = queried(
        tables[outcome.table],
        f'CAST("{outcome.customer}" AS VARCHAR) AS whose, CAST(({outcome.numerator}\n) AS DOUBLE) AS num, '
        f"CAST(({outcome.denominator}\n) AS DOUBLE) AS den",
        outcome.where,
    )  # fmt: skip
    sums = queried(rows, "whose, SUM(num) AS y, SUM(den) AS x",
                   "whose IS NOT NULL AND num IS NOT NULL AND den IS NOT NULL", "GROUP BY whose")  # fmt: skip
    joined = sums.join(members, sums.whose == members.customer)
    found = asked(
        joined, "segment, COUNT(*) AS n, AVG(y) AS y, AVG(x) AS x, VAR_SAMP(y) AS vy, VAR_SAMP(x) AS vx, "
        "COVAR_SAMP(y, x) AS cyx", then="GROUP BY segment",
    )  # fmt: skip
    return {
        int(r.segment): RatioMoments(int(r.n), float(r.y), float(r.x), *(
            (float(r.vy), float(r.vx), float(r.cyx)) if r.n > 1 else (math.nan,) * 3))
        for r in found.itertuples()
    }  # fmt: skip


def _pooled(parts: list[MeanMoments]) -> float:
    """The mean over all customers."""
    n = sum(p.n for p in parts)
    return sum(p.n * p.mean for p in parts) / n if n else math.nan
