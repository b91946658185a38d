"""Size, value and outcomes of every segment, after the proof that everybody is in exactly one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from toolkit.customers.kept import Tables
from toolkit.customers.ledger import asked, buyers, in_one_engine, of_customers, orders, people, problems_of, with_net
from toolkit.customers.segments.definition import COMPUTED, SCORES, Outcome, Rules, Segmenting
from toolkit.customers.segments.proving import prove, words
from toolkit.customers.segments.results import Measured, Segment, Segmentation, Segmented
from toolkit.customers.segments.scoring import cells, scored
from toolkit.data.asked_once import kept
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
    bought = _bought(tables, definition)
    each = _money(tables, definition, bought)
    problems = [p for o in definition.outcomes for p in _wrong(tables, o)]
    if problems:
        raise Refused(problems)
    sums = _outcomes(tables, definition)
    found, unscored = [], 0
    if definition.rfm is not None:
        rules = definition.rfm
        whole = scored(bought, definition.window.ends)
        proved = prove(cells(whole), rules.rules, SCORES, f"customers.segments.{rules.name}")
        counted = prove(
            queried(whole, "r, f, m, COUNT(*) AS cases", then="GROUP BY r, f, m"), rules.rules, SCORES,
            f"customers.segments.{rules.name}", "cases",
        )  # fmt: skip
        found.append(_measured(definition, rules, _members(whole, rules), each, sums, counted, sum(proved.values())))
    if definition.rules:
        base = _there(people(tables, definition.who), definition)
        unscored = _without_orders(base, bought)
        joined = _with_computed(base, each, bought, [sql for rules in definition.rules for sql in rules.rules.values()])
        columns = tuple(dict.fromkeys((*(c for c in definition.who.columns if c in base.columns), *COMPUTED)))
        for rules in definition.rules:
            counted = prove(joined, rules.rules, columns, f"customers.segments.rules.{rules.name}")
            found.append(_measured(definition, rules, _members(joined, rules), each, sums, counted, None))
    return Segmented(definition, tuple(found), unscored)


def _there(base: ir.Table, definition: Segmenting) -> ir.Table:
    """Customers who were there in the window; all where it has no first day."""
    starts, ends = definition.window.starts, definition.window.ends
    there = f"(toolkit_came IS NULL OR toolkit_came <= DATE '{ends}')"
    if starts is not None:
        there += f" AND (toolkit_went IS NULL OR toolkit_went >= DATE '{starts}')"
    present = queried(base, "*", there)
    if not int(asked(present, "COUNT(*) AS n").n[0]):
        raise Refused(Problem("customers.who", "has no customer who was there in this window", definition.who.table))
    return present


def _bought(tables: Tables, definition: Segmenting) -> ir.Table | None:
    if definition.bought is None:
        return None
    bought = buyers(tables, definition.bought, definition.window)
    if not int(asked(bought, "COUNT(*) AS n").n[0]):
        raise Refused(Problem("customers.purchases", "has no order that counts: all rows were left out"))
    return bought


def _money(tables: Tables, definition: Segmenting, bought: ir.Table | None) -> ir.Table | None:
    """One row a customer with money: net value in the window, or the amount bought where no flow is known."""
    if definition.flows:
        return with_net(of_customers(tables, definition.flows, definition.window))
    if bought is None:
        return None
    starts = definition.window.starts
    return queried(
        orders(tables, definition.bought, definition.window), "customer, SUM(amount) AS revenue, SUM(amount) AS net",
        f"day >= DATE '{starts}'" if starts else None, "GROUP BY customer",
    )  # fmt: skip


def _with_computed(
    base: ir.Table, each: ir.Table | None, bought: ir.Table | None, rules: Sequence[str]
) -> ir.Table:
    """Customers with their orders, revenue and net value, 0 where they have none; joined where a rule names them."""
    named = {word for sql in rules for word in words(sql)}
    joined = base
    if bought is not None and "orders" in named:
        counted = queried(bought, "customer AS who_ordered, orders AS orders_")
        joined = joined.left_join(counted, joined.customer == counted.who_ordered).drop("who_ordered")
    if each is not None and named & {"revenue", "net"}:
        paid = queried(each, "customer AS who_paid, revenue AS revenue_, net AS net_")
        joined = joined.left_join(paid, joined.customer == paid.who_paid).drop("who_paid")
    chosen = [
        f"COALESCE({c}_, 0) AS {c}" if f"{c}_" in joined.columns else f"0 AS {c}"
        for c in COMPUTED if c not in base.columns
    ]  # fmt: skip
    return queried(joined, ", ".join([*(f'"{c}"' for c in base.columns), *chosen]))


def _without_orders(base: ir.Table, bought: ir.Table | None) -> int:
    if bought is None:
        return 0
    ordered = queried(bought, "customer AS who_ordered")
    joined = base.left_join(ordered, base.customer == ordered.who_ordered)
    return int(asked(joined, "COUNT(*) AS n", "who_ordered IS NULL").n[0])


def _members(cases: ir.Table, rules: Rules) -> ir.Table:
    """Customer -> number of its segment."""
    cases_ = " ".join(f"WHEN ({sql}\n) THEN {i}" for i, sql in enumerate(rules.rules.values()))
    return queried(cases, f"customer, CASE {cases_} END AS segment")


def _measured(
    definition: Segmenting, rules: Rules, members: ir.Table, each: ir.Table | None,
    sums: Sequence[tuple[ir.Table, list[Outcome]]], counted: Mapping[str, int], proved: int | None,
) -> Segmentation:  # fmt: skip
    level = definition.window.level
    n = sum(counted.values())
    worth = _worth(members, each)
    outcomes = {k: v for rows, here in sums for k, v in _moments(rows, members, here).items()}
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


def _outcomes(tables: Tables, definition: Segmenting) -> list[tuple[ir.Table, list[Outcome]]]:
    """The two sums of each outcome by customer, missing where it has no rows; outcomes of one table together."""
    together: dict[tuple[str, str], list[Outcome]] = {}
    for o in definition.outcomes:
        together.setdefault((o.table, o.customer), []).append(o)
    out = []
    for (name, customer), here in together.items():
        counts = [f"({o.where}\n)" if o.where else "TRUE" for o in here]
        rows = queried(
            tables[name],
            f'CAST("{customer}" AS VARCHAR) AS whose, ' + ", ".join(
                f"CASE WHEN {only} THEN CAST(({o.numerator}\n) AS DOUBLE) END AS num_{i}, "
                f"CASE WHEN {only} THEN CAST(({o.denominator}\n) AS DOUBLE) END AS den_{i}"
                for i, (o, only) in enumerate(zip(here, counts, strict=True))
            ),
        )  # fmt: skip
        known = [f"num_{i} IS NOT NULL AND den_{i} IS NOT NULL" for i in range(len(here))]
        sums = queried(
            rows,
            "whose, " + ", ".join(
                f"SUM(CASE WHEN {both} THEN num_{i} END) AS y_{i}, SUM(CASE WHEN {both} THEN den_{i} END) AS x_{i}"
                for i, both in enumerate(known)
            ),
            f"whose IS NOT NULL AND ({' OR '.join(known)})", "GROUP BY whose",
        )  # fmt: skip
        out.append((kept(sums, tables.large(name)), here))
    return out


def _moments(sums: ir.Table, members: ir.Table, here: Sequence[Outcome]) -> dict[str, dict[int, RatioMoments]]:
    """Outcome -> segment -> moments of its two sums over customers that have rows."""
    found = asked(
        sums.join(members, sums.whose == members.customer),
        "segment, " + ", ".join(
            f"COUNT(y_{i}) AS n_{i}, AVG(y_{i}) AS y_{i}, AVG(x_{i}) AS x_{i}, VAR_SAMP(y_{i}) AS vy_{i}, "
            f"VAR_SAMP(x_{i}) AS vx_{i}, COVAR_SAMP(y_{i}, x_{i}) AS cyx_{i}"
            for i in range(len(here))
        ),
        then="GROUP BY segment",
    ).to_dict("records")  # fmt: skip
    out: dict[str, dict[int, RatioMoments]] = {}
    for i, o in enumerate(here):
        out[o.name] = {
            int(r["segment"]): RatioMoments(int(r[f"n_{i}"]), float(r[f"y_{i}"]), float(r[f"x_{i}"]), *(
                (float(r[f"{k}_{i}"]) for k in ("vy", "vx", "cyx")) if r[f"n_{i}"] > 1 else (math.nan,) * 3))
            for r in found if r[f"n_{i}"]
        }  # fmt: skip
    return out


def _pooled(parts: list[MeanMoments]) -> float:
    """The mean over all customers."""
    n = sum(p.n for p in parts)
    return sum(p.n * p.mean for p in parts) / n if n else math.nan
