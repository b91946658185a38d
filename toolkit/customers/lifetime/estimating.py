"""What are customers worth? Cells out of the engine, a model for each segment, values with intervals."""

from __future__ import annotations

from dataclasses import replace

from toolkit.customers.lifetime import buying, renewing
from toolkit.customers.lifetime.definition import Definition, Purchases, Renewals, Summary
from toolkit.customers.lifetime.purchases import read_purchases
from toolkit.customers.lifetime.reading import Told, read_renewals, read_summary
from toolkit.customers.lifetime.results import LifetimeValue, ModelFit, SegmentValue
from toolkit.data.frames import TableLike, as_table
from toolkit.stats.suppression import hidden_groups
from toolkit.study import Study


def estimate(table: TableLike | Study, definition: Definition | None = None) -> LifetimeValue:
    """What is a customer worth, there now and newly won, of everybody and by segment?

    Parameters
    ----------
    table
        Purchases (a row each), customers already summed up, or ends of contracts' terms, as the
        definition says: a pandas frame, an Ibis table, a path, or a study with both.
    definition
        `Purchases`, `Summary` or `Renewals`.

    Returns
    -------
    LifetimeValue
        Values are nan with their reason where the data do not tell.

    Raises
    ------
    Refused
        Columns or SQL that are wrong, amounts in several currencies: all problems at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if isinstance(definition, Renewals):
        return _renewals(read_renewals(as_table(table), definition), definition)
    if isinstance(definition, Summary):
        return _buyers(_summed(read_summary(as_table(table), definition), definition), definition)
    if isinstance(definition, Purchases):
        return _buyers(read_purchases(as_table(table), definition), definition)
    raise TypeError("lifetime value is asked with a Purchases, a Summary or a Renewals definition")


def _summed(told: Told, definition: Summary) -> Told:
    """Times in weeks."""
    parts = {s: replace(p, cells=buying.in_weeks(p.cells, definition.per_year)) for s, p in told.parts.items()}
    return replace(told, parts=parts)


def _buyers(told: Told, definition: Purchases | Summary) -> LifetimeValue:
    level = definition.level
    money = bool(getattr(definition, "amount", None) or getattr(definition, "spend", None))
    fits = {s: buying.models(p, money, level) for s, p in told.parts.items()}
    values = tuple(buying.value_of(s, p, fits[s], definition) for s, p in told.parts.items())
    values, fits = _shown(values, fits, definition.min_cell)
    everybody = told.parts[None]
    return LifetimeValue(
        definition, values, fits, buying.foretold(everybody, told.split, told.ends, level),
        buying.related(everybody, level), told.set_aside, told.starts, told.ends,
    )  # fmt: skip


def _shown(
    values: tuple[SegmentValue, ...], fits: dict[str | None, tuple[ModelFit, ...]], least: int
) -> tuple[tuple[SegmentValue, ...], dict[str | None, tuple[ModelFit, ...]]]:
    """Without segments of too few customers, or whose model rests on too few; everybody stays."""
    own = [v for v in values if v.segment is not None]
    hidden = hidden_groups({v.segment: round(v.n) for v in own}, least)
    hidden |= hidden_groups({v.segment: round(fits[v.segment][0].fit.n) for v in own}, least)
    return tuple(v for v in values if v.segment not in hidden), {s: f for s, f in fits.items() if s not in hidden}


def _renewals(told: Told, definition: Renewals) -> LifetimeValue:
    level = definition.level
    fits = {s: renewing.models(p, level) for s, p in told.parts.items()}
    values = tuple(renewing.value_of(s, p, fits[s], definition) for s, p in told.parts.items())
    values, fits = _shown(values, fits, definition.min_cell)
    holdout = renewing.foretold(told.parts[None], told.split, told.ends, level)
    return LifetimeValue(definition, values, fits, holdout, None, told.set_aside, told.starts, told.ends)
