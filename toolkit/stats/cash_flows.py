"""What is a series of payments worth, and what does it return?

The first flow is now (period 0), as in numpy-financial and in textbooks; Excel's NPV discounts the
first one, too. Money received is positive, money paid negative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import optimize

_DUST = 64 * np.finfo(float).eps


@dataclass(frozen=True)
class Irr:
    """Internal rates of return: every rate above -1 at which the flows are worth nothing.

    Attributes
    ----------
    rates
        All of them, the smallest first; none, one or several.
    reason
        Why there is not exactly one; None where there is.
    """

    rates: tuple[float, ...]
    reason: str | None = None

    @property
    def rate(self) -> float:
        """The rate, where there is exactly one; nan otherwise."""
        return self.rates[0] if len(self.rates) == 1 else math.nan


@dataclass(frozen=True)
class Payback:
    """When what was laid out has come back for good.

    Attributes
    ----------
    periods
        From period 0 on, a period's flow spread evenly over it; nan where there is none.
    falls_back
        The balance had been reached before and was lost again.
    reason
        Why there is none.
    """

    periods: float
    falls_back: bool = False
    reason: str | None = None


def npv(rate: float | np.ndarray, flows: Sequence[float] | np.ndarray) -> float | np.ndarray:
    """What are the flows worth now?

    Parameters
    ----------
    rate
        Discount rate of one period, above -1; one, or one for each series.
    flows
        The last axis is time, the first flow is now.

    Raises
    ------
    ValueError
        A rate of -1 or less: money would be worth nothing, or less, a period later.
    """
    flows = _flows(flows)
    worth = (flows * discount_factors(rate, flows.shape[-1])).sum(axis=-1)
    return float(worth) if np.ndim(worth) == 0 else worth


def discount_factors(rate: float | np.ndarray, periods: int) -> np.ndarray:
    """What one unit of money in each of the periods 0 to `periods` - 1 is worth now; ValueError as in `npv`."""
    rate = np.asarray(rate, float)
    if not np.all(rate > -1):
        raise ValueError(f"the discount rate is {rate.min():g}; it must be above -1.")
    return (1 + rate[..., None]) ** -np.arange(periods)


def rate_of_period(yearly: float, periods_a_year: int = 12) -> float:
    """The rate of one period that compounds to the yearly one."""
    if yearly <= -1:
        raise ValueError(f"the discount rate is {yearly:g}; it must be above -1.")
    return (1 + yearly) ** (1 / periods_a_year) - 1


def irr(flows: Sequence[float]) -> Irr:
    """At which discount rates are the flows worth nothing? All of them.

    With x = 1 / (1 + rate) the present value is a polynomial. Its roots are bracketed between the
    roots of its derivative, which are found in the same way, and Descartes' rule of signs ends the
    descent: no root is missed and none is invented, also where two lie close together. Rates above
    0 are looked for in x, rates below 0 in 1 / x, so that both stay between 0 and 1.
    """
    c = np.trim_zeros(_flows(flows))
    if c.size == 0:
        return Irr((), "every flow is 0")
    if _sign_changes(c) == 0:
        words = "received" if c.max() > 0 else "paid"
        return Irr((), f"money is only {words}: no rate makes the flows worth nothing")
    c = c / np.abs(c).max()
    found = [1 / x - 1 for x in _unit_roots(c)]
    found += [y - 1 for y in _unit_roots(c[::-1]) if y < 1]
    rates = tuple(sorted(found))
    if not rates:
        return Irr((), "no rate makes the flows worth nothing")
    if len(rates) > 1:
        return Irr(rates, f"{len(rates)} rates make the flows worth nothing: use the present value")
    return Irr(rates)


def mirr(flows: Sequence[float], finance_rate: float, reinvest_rate: float) -> float:
    """Which rate turns what is paid into what comes back, with a stated rate for either?

    What is paid is discounted at `finance_rate`, what is received grows at `reinvest_rate` to the
    last period (Lin 1976, The modified internal rate of return and investment criterion, The
    Engineering Economist 21:237). nan where nothing is paid or nothing is received.
    """
    flows = _flows(flows)
    last = flows.size - 1
    paid = npv(finance_rate, np.minimum(flows, 0.0))
    received = npv(reinvest_rate, np.maximum(flows, 0.0))
    if last == 0 or paid == 0 or received == 0:
        return math.nan
    return (received / -paid) ** (1 / last) * (1 + reinvest_rate) - 1


def payback(flows: Sequence[float], rate: float = 0.0) -> Payback:
    """After how many periods has what was laid out come back, and stays back?

    Parameters
    ----------
    flows
        The flow of period t is spread evenly between t - 1 and t: that is the interpolation.
    rate
        0: plain payback. Otherwise flows are discounted first.
    """
    flows = _flows(flows)
    worth = flows * discount_factors(rate, flows.size)
    balance = np.cumsum(worth)
    below = balance < -_DUST * np.abs(worth).sum()
    if not below.any():
        return Payback(math.nan, reason="nothing is laid out first")
    last = int(np.flatnonzero(below)[-1])
    if last == flows.size - 1:
        reached = bool((~below[int(np.argmax(below)):]).any())
        return Payback(math.nan, reached, "it does not come back within these periods")
    inflow = balance[last + 1] - balance[last]
    first = int(np.argmax(below))
    return Payback(float(last - balance[last] / inflow), bool((~below[first:last]).any()))


def benefit_cost_ratio(benefits: float, costs: float) -> float:
    """Present value of benefits for one unit of present costs; nan where nothing is paid."""
    return benefits / costs if costs > 0 else math.nan


def roi(benefits: float, costs: float) -> float:
    """Benefits less costs, as a share of the costs; nan where nothing is paid."""
    return (benefits - costs) / costs if costs > 0 else math.nan


def _flows(flows: Sequence[float] | np.ndarray) -> np.ndarray:
    flows = np.asarray(flows, float)
    if flows.ndim == 0 or flows.shape[-1] == 0:
        raise ValueError("there are no flows.")
    if not np.isfinite(flows).all():
        raise ValueError("a flow is no finite number.")
    return flows


def _sign_changes(c: np.ndarray) -> int:
    signs = np.sign(c[c != 0])
    return int((signs[1:] != signs[:-1]).sum())


def _unit_roots(c: np.ndarray) -> list[float]:
    """Roots of c[0] + c[1] x + ... in (0, 1], ascending."""
    if _sign_changes(c) == 0:
        return []
    powers = np.arange(1, c.size)
    steep = c[1:] * powers
    turns = _unit_roots(steep / np.abs(steep).max()) if c.size > 2 else []
    edges = [0.0, *(t for t in turns if t < 1), 1.0]
    down = c[::-1]

    def at(x: float) -> float:
        value = 0.0
        for coefficient in down:
            value = value * x + coefficient
        return value

    down = down.tolist()
    sizes = np.abs(c)
    values = []
    for edge in edges:
        value = at(edge)
        dust = _DUST * float(sizes @ edge ** np.arange(c.size)) if edge else 0.0
        values.append(0.0 if abs(value) <= dust else value)
    roots = [edge for edge, value in zip(edges, values, strict=True) if value == 0 and edge > 0]
    for i, (a, b) in enumerate(pairwise(edges)):
        if values[i] * values[i + 1] < 0:
            roots.append(optimize.brentq(at, a, b, xtol=1e-15, rtol=8.9e-16))
    return sorted(roots)
