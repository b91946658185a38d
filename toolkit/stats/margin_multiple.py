"""What is a customer worth by the textbook: its margin times r / (1 + d - r)?

One retention rate for everybody and for ever (Gupta & Lehmann 2003, "Customers as Assets", Journal
of Interactive Marketing 17:9; Berger & Nasr 1998). It says too little of old customers wherever
customers differ (Fader & Hardie 2010), and stands beside the models as the figure that most know.
"""

from __future__ import annotations

import math

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import LogLimits, check_level

METHOD = "margin multiple r / (1 + d - r), delta method on the log scale"


def margin_multiple(
    margin: float, margin_se: float, kept: float, at_risk: float, discount: float, *, level: float = 0.95
) -> Interval:
    """Present value of a customer's future margins, the coming one first.

    Parameters
    ----------
    margin, margin_se
        Mean margin of a customer and period, and its standard error (0: known).
    kept, at_risk
        Customers who stayed for another period, of those who could.
    discount
        A margin one period off counts 1 / (1 + discount).

    Returns
    -------
    Interval
        Margin and retention are taken as independent. nan with the reason where nobody could stay,
        nobody or everybody did, or the margin is not positive.
    """
    check_level(level)
    words = {"method": METHOD, "n": at_risk, "level": level}
    if not 0 <= kept <= at_risk:
        raise ValueError(f"customers kept lie between 0 and those at risk, not {kept} of {at_risk}.")
    if discount < 0:
        raise ValueError(f"a discount rate is 0 or more, not {discount}.")
    if at_risk == 0:
        return undefined_interval("nobody could have stayed yet", **words)
    if not margin > 0:
        return undefined_interval("the margin is not positive", **words)
    rate = kept / at_risk
    if rate == 1 and discount == 0:
        return undefined_interval("everybody stayed, and without a discount that is worth without end", **words)
    estimate = margin * rate / (1 + discount - rate)
    if rate in (0.0, 1.0):
        said = "nobody stayed" if rate == 0 else "everybody stayed"
        return undefined_interval(f"{said}, so chance cannot be judged", estimate=estimate, **words)
    rate_se = math.sqrt(rate * (1 - rate) / at_risk)
    # d log V = d log m + (1 + d) / (r (1 + d - r)) dr
    log_se = math.hypot(margin_se / margin, (1 + discount) / (rate * (1 + discount - rate)) * rate_se)
    low, high = (end + 1 for end in LogLimits(estimate - 1, log_se).at(level))
    return Interval(estimate, low, high, level, estimate * log_se, math.nan, at_risk, METHOD)
