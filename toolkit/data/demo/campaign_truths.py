"""What does each planted test truly do? Exact expected values from the model's parameters.

A customer is a shopper with a known probability, independent of its age and spend level; given
that, visits and purchases are Bernoulli and values lognormal, so means, variances and the part of
the variance that the covariate explains are finite sums.
"""

from __future__ import annotations

import numpy as np

from toolkit.data.demo import campaigns as model
from toolkit.data.demo.aurora import AGE_BANDS, AGE_SHARES, SEGMENT_SHARES, SEGMENTS
from toolkit.data.demo.customers import SHOPPER_SHARE

METRICS = ("visit", "conversion", "orders", "spend", "unsubscribed", "complaint")
UNITS = {
    "visit": "share",
    "conversion": "share",
    "orders": "orders a customer",
    "spend": "EUR a customer",
    "unsubscribed": "share",
    "complaint": "share",
}
SHOPPER_SHARES = np.array([1 - SHOPPER_SHARE, SHOPPER_SHARE])


def expected(arm: model.Arm, age: str | None = None) -> dict[str, float]:
    """Return each metric's expected value a customer in an arm, for all ages or one age band."""
    factors = arm.age_factors()
    factor = float(np.dot(AGE_SHARES, factors)) if age is None else factors[AGE_BANDS.index(age)]
    visit = float(np.dot(SHOPPER_SHARES, model.VISIT * arm.visit))
    conversion = float(
        np.dot(SHOPPER_SHARES, model.VISIT * arm.visit * model.BUY * arm.buy * factor)
    )
    orders = conversion * (1 + model.SECOND_ORDER)
    spread = model.ORDER_LOG_LEVEL**2 + model.ORDER_LOG_OWN**2
    value = float(np.exp(model.ORDER_LOG_MEAN + spread / 2)) * arm.value
    return {
        "visit": visit,
        "conversion": conversion,
        "orders": orders,
        "spend": orders * value,
        "unsubscribed": arm.unsubscribed,
        "complaint": arm.complained,
    }


def spend_moments(arm: model.Arm) -> dict[str, float]:
    """Return the standard deviation of spend and the share of it that pre-spend explains.

    The share is the squared correlation of spend and `pre_spend`: what CUPED takes off the
    variance with the covariate's own coefficient.
    """
    factor = float(np.dot(AGE_SHARES, arm.age_factors()))
    buy = model.VISIT * arm.visit * model.BUY * arm.buy * factor
    log_mean = model.ORDER_LOG_MEAN + np.log(arm.value)
    spread = model.ORDER_LOG_LEVEL**2 + model.ORDER_LOG_OWN**2
    once, twice = 1 + model.SECOND_ORDER, 1 + 3 * model.SECOND_ORDER
    spend = buy * once * np.exp(log_mean + spread / 2)
    spend_squared = buy * twice * np.exp(2 * log_mean + 2 * spread)
    before_spread = model.BEFORE_LOG_LEVEL**2 + model.BEFORE_LOG_OWN**2
    before = model.BEFORE_CHANCE * np.exp(model.BEFORE_LOG_MEAN + before_spread / 2)
    before_squared = model.BEFORE_CHANCE * np.exp(2 * model.BEFORE_LOG_MEAN + 2 * before_spread)
    product = spend * before * np.exp(model.ORDER_LOG_LEVEL * model.BEFORE_LOG_LEVEL)
    mean, mean_before = np.dot(SHOPPER_SHARES, spend), np.dot(SHOPPER_SHARES, before)
    variance = np.dot(SHOPPER_SHARES, spend_squared) - mean**2
    variance_before = np.dot(SHOPPER_SHARES, before_squared) - mean_before**2
    covariance = np.dot(SHOPPER_SHARES, product) - mean * mean_before
    return {
        "spend_sd": float(np.sqrt(variance)),
        "explained_by_pre_spend": float(covariance**2 / (variance * variance_before)),
    }


def expected_split(test: model.CampaignTest) -> list[float]:
    """Return the share of recorded rows by arm, after the losses that break a split."""
    lost = test.lost or (0.0,) * len(test.arms)
    kept = [
        1 - loss * (1 - expected(arm)["visit"])
        for arm, loss in zip(test.arms, lost, strict=True)
    ]
    return [share / sum(kept) for share in kept]


def outside_share(test: model.CampaignTest) -> float:
    """Return the outside segments' share of assigned rows if all segments stayed equally long."""
    aimed = sum(
        share for name, share in zip(SEGMENTS, SEGMENT_SHARES, strict=True) if name in test.target
    )
    stray = test.outside * (1 - aimed)
    return stray / (aimed + stray)


def planted_truth(test: model.CampaignTest) -> dict[str, object]:
    """Return everything that is planted in a test: expected values, effects, split and verdict.

    Effects are against the first arm, `absolute` in the metric's unit and `relative` as a share.
    For a test with a broken split they are the effects on the customers assigned, which the
    recorded rows do not show.
    """
    base = expected(test.arms[0])
    arms: dict[str, object] = {}
    for arm in test.arms:
        means = expected(arm)
        arms[arm.name] = {
            "mean": means,
            "absolute": {name: means[name] - base[name] for name in METRICS},
            "relative": {name: means[name] / base[name] - 1 for name in METRICS},
            **spend_moments(arm),
        }
        if arm.buy_by_age or test.arms[0].buy_by_age:
            arms[arm.name]["conversion_effect_by_age_band"] = {
                age: expected(arm, age)["conversion"] - expected(test.arms[0], age)["conversion"]
                for age in AGE_BANDS
            }
    return {
        "label": test.label,
        "seen_in": f"campaign_assignments where campaign = '{test.name}'",
        "units": UNITS,
        "control": test.arms[0].name,
        "primary": list(test.primary),
        "intended_split": [1 / len(test.arms)] * len(test.arms),
        "expected_split": expected_split(test),
        "target_segments": list(test.target),
        "outside_target_share": outside_share(test),
        "running_until": test.planned_until,
        "verdict": test.verdict,
        "arms": arms,
    }
