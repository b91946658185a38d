"""Forecasts: closed forms, other packages, only the past is used, intervals that hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.stats.airline import airline
from toolkit.stats.forecast_choice import METHODS, bridged, origins_of, width_and_freedom
from toolkit.stats.forecast_filters import DAMPING, WARM_UP, filters, seasonal_naive
from toolkit.stats.forecasts import forecast

NONE = np.zeros(400, dtype=int)


def by_family(n: int, horizon: int, family: str) -> list:
    return [f for f in filters(n, horizon) if f.family == family]


def test_mean_and_drift_are_their_formulas():
    y = np.random.default_rng(1).normal(size=20)
    h = np.arange(1, 4)
    assert y @ by_family(20, 3, "mean")[0].ahead == pytest.approx(np.full(3, y.mean()))
    # Hyndman & Athanasopoulos (2021), 5.2: y_T + h (y_T - y_1) / (T - 1)
    assert y @ by_family(20, 3, "drift")[0].ahead == pytest.approx(y[-1] + h * (y[-1] - y[0]) / 19)


def test_smoothing_is_statsmodels_with_the_same_constants():
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    y = np.random.default_rng(2).normal(10, 1, 30)
    for f, alpha in zip(by_family(30, 5, "level"), (0.03, 0.08, 0.15), strict=False):
        model = ExponentialSmoothing(
            y, initialization_method="known", initial_level=y[:WARM_UP].mean()
        )
        assert y @ f.ahead == pytest.approx(
            model.fit(smoothing_level=alpha, optimized=False).forecast(5), rel=1e-10
        )
    f = by_family(30, 5, "damped trend")[-1]
    model = ExponentialSmoothing(
        y,
        trend="add",
        damped_trend=True,
        initialization_method="known",
        initial_level=y[:WARM_UP].mean(),
        initial_trend=0.0,
    )
    fit = model.fit(
        smoothing_level=0.85, smoothing_trend=0.06 / 0.85, damping_trend=DAMPING, optimized=False
    )
    # statsmodels' trend smoothing moves the trend by the level's own change: beta* = beta / alpha
    assert y @ f.ahead == pytest.approx(fit.forecast(5), rel=1e-8)


def test_theta_is_smoothing_with_half_the_slope():
    from statsmodels.tsa.forecasting.theta import ThetaModel

    y = np.random.default_rng(3).normal(10, 1, 60) + 0.2 * np.arange(60)
    line = np.polyfit(np.arange(60), y, 1)[0]
    theirs = ThetaModel(y, deseasonalize=False, period=1).fit()
    f = min(
        by_family(60, 4, "theta"), key=lambda f: abs((y @ f.ahead)[0] - theirs.forecast(4).iloc[0])
    )
    assert np.diff(y @ f.ahead) == pytest.approx(np.full(3, line / 2), rel=1e-6)
    assert y @ f.ahead == pytest.approx(
        theirs.forecast(4).to_numpy(), rel=0.02
    )  # its alpha is estimated


@pytest.mark.parametrize("f", filters(24, 6), ids=lambda f: f.family)
def test_a_past_forecast_uses_only_what_came_before_and_is_the_filter_of_its_length(f):
    for t in (WARM_UP + 2, 15, 23):
        shorter = [g for g in filters(t, 1) if g.family == f.family]
        same = [np.allclose(f.one_ahead[:t, t], g.ahead[:, 0]) for g in shorter]
        assert not f.one_ahead[t:, t].any() and any(same)


def test_the_last_season_again():
    y = np.arange(24.0)
    assert y @ seasonal_naive(24, 14, 12).ahead == pytest.approx([*range(12, 24), 12, 13])


def test_growth_is_the_variance_of_errors_of_the_model_it_is_best_for():
    rng = np.random.default_rng(4)
    n, number = 40, 20000
    e = rng.standard_normal((number, n + 8))
    walk = e.cumsum(axis=1)  # drift 0: the naive part of drift is best
    f = by_family(n, 8, "drift")[0]
    errors = walk[:, n:] - walk[:, :n] @ f.ahead
    assert errors.var(axis=0) == pytest.approx(f.growth, rel=0.05)
    level = np.zeros((number, n + 8))
    state = np.zeros(number)
    for t in range(n + 8):
        level[:, t] = state + e[:, t]
        state += 0.4 * e[:, t]
    f = by_family(n, 8, "level")[4]
    errors = level[:, n:] - level[:, :n] @ f.ahead
    assert errors.var(axis=0) == pytest.approx(f.growth, rel=0.05)


def test_origins_lie_in_the_past_and_leave_enough():
    for n in (8, 12, 24, 36, 100):
        found = origins_of(n, 8)
        assert all(n // 2 <= o < n for o in found) and found == tuple(sorted(found))
    assert len(origins_of(36, 8)) == 8


def test_the_past_error_is_what_was_missed_from_each_origin():
    y = np.random.default_rng(5).normal(10, 1, 30)
    found = forecast(y, NONE[:30], 3, season=None, logs=False)
    missed = [np.abs(y[o : o + 3] - y[:o].mean()) for o in origins_of(30, 8)]
    assert found.tried[METHODS.index("mean"), 0] == pytest.approx(np.concatenate(missed).mean())


def test_a_seasonal_and_growing_series_comes_near_the_airline_model(shared_data):
    y = pd.read_csv(shared_data / "plan_changes" / "AirPassengers.csv").passengers.to_numpy(float)
    kept, truth = y[:132], y[132:]
    found = forecast(kept, np.arange(132) % 12, 12)
    reference = airline(kept, 12)
    assert found.log[0]
    assert np.abs(found.value[0] - reference.value).mean() < 0.06 * truth.mean()
    low, high = found.interval(0.95)
    assert ((truth >= low[0]) & (truth <= high[0])).mean() >= 0.9


@pytest.mark.parametrize("kind", ["independent", "autocorrelated", "walk", "seasonal"])
def test_intervals_hold_on_simulated_series(kind):
    rng = np.random.default_rng(6)
    e = rng.standard_normal((400, 42))
    x = {"independent": e, "walk": e.cumsum(axis=1)}.get(kind, e.copy())
    if kind == "autocorrelated":
        for t in range(1, 42):
            x[:, t] = 0.6 * x[:, t - 1] + 0.8 * e[:, t]
    if kind == "seasonal":
        x = x + 2 * np.sin(np.arange(42) * np.pi / 6)
    found = forecast(x[:, :36], np.arange(36) % 12, 6)
    for level in (0.8, 0.95):
        low, high = found.interval(level)
        held = ((x[:, 36:] >= low) & (x[:, 36:] <= high)).mean()
        assert held > level - 0.04, kind


def published(folder) -> list[tuple[np.ndarray, int | None]]:
    """(series, periods) and season: the sets of docs/methods/trends.md."""

    def of(name, **how):
        return pd.read_csv(folder / name, **how)

    out = [
        (of("AirPassengers.csv")[["passengers"]], 12),
        (of("Nile.csv")[["flow"]], None),
        (of("UKDriverDeaths.csv")[["deaths"]], 12),
        (of("sicily.csv")[["aces"]], 12),
        (
            of("Seatbelts.csv")[
                ["DriversKilled", "front", "rear", "kms", "PetrolPrice", "VanKilled"]
            ],
            12,
        ),
        (of("causalimpact_vignette.csv")[["y", "x1"]], None),
        (
            of("california_prop99.csv", sep=";").pivot(
                index="Year", columns="State", values="PacksPerCapita"
            ),
            None,
        ),
    ]
    nhs = of("nhsr_ae_attendances.csv", parse_dates=["period"]).query("type == '1'")
    wide = [
        nhs.pivot(index="period", columns="org_code", values=c)
        for c in ("attendances", "breaches", "admissions")
    ]
    wide = [w.loc[:, (w.notna().sum() == 36) & (w.min() > 0)] for w in wide]
    return [
        (frame.to_numpy(float).T, season) for frame, season in [*out, (pd.concat(wide, axis=1), 12)]
    ]


def test_intervals_hold_over_rolling_origins_of_published_series(shared_data):
    held = {0.8: [], 0.95: []}
    for y, season in published(shared_data / "plan_changes"):
        n = y.shape[1]
        inside = {level: [] for level in held}
        for origin in range(min(24, n - 6), n - 1, max(2, (n - 24) // 10)):
            ahead = min(12, n - origin)
            found = forecast(y[:, :origin], np.arange(origin) % (season or 1), ahead, season=season)
            for level, into in inside.items():
                low, high = found.interval(level)
                into.append(
                    (
                        (y[:, origin : origin + ahead] >= low)
                        & (y[:, origin : origin + ahead] <= high)
                    ).ravel()
                )
        for level, into in held.items():
            into.append((np.concatenate(inside[level]).mean(), sum(map(len, inside[level]))))
    for level, sets in held.items():
        table = np.array(sets)
        # each set alike, and each forecast value alike
        assert table[:, 0].mean() == pytest.approx(level, abs=0.03)
        assert np.average(table[:, 0], weights=table[:, 1]) == pytest.approx(level, abs=0.03)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("AirPassengers", ["passengers"]),
        ("UKDriverDeaths", ["deaths"]),
        ("Seatbelts", ["DriversKilled", "front", "rear", "kms", "PetrolPrice", "VanKilled"]),
    ],
)
def test_intervals_hold_on_each_long_series(shared_data, name, columns):
    frame = pd.read_csv(shared_data / "plan_changes" / f"{name}.csv")
    y = frame[columns].to_numpy(float).T
    inside = {0.8: [], 0.95: []}
    for origin in range(24, y.shape[1] - 1, 4):
        ahead = min(12, y.shape[1] - origin)
        found = forecast(y[:, :origin], np.arange(origin) % 12, ahead)
        truth = y[:, origin : origin + ahead]
        for level, into in inside.items():
            low, high = found.interval(level)
            into.append(((truth >= low) & (truth <= high)).ravel())
    for level, into in inside.items():
        assert np.concatenate(into).mean() == pytest.approx(level, abs=0.03)


def test_longer_series_have_narrower_intervals_with_shorter_tails():
    for season in (None, 12):
        wide, freedom = zip(*(width_and_freedom(n, season) for n in (24, 48, 96)), strict=True)
        assert list(wide) == sorted(wide, reverse=True) and min(wide) > 1
        assert list(freedom) == sorted(freedom)


def test_the_chance_agrees_with_the_interval():
    y = np.random.default_rng(7).normal(10, 1, (3, 30))
    found = forecast(y, NONE[:30], 4, season=None, logs=False)
    low, high = found.interval(0.9)
    ahead, up = np.full(3, 4), np.full(3, True)
    assert found.chance(low[:, 3], ahead, up) == pytest.approx(0.95)
    assert found.chance(high[:, 3], ahead, up) == pytest.approx(0.05)
    assert found.chance(high[:, 3], ahead, ~up) == pytest.approx(0.95)
    far = found.chance(found.value[:, 3] + 1e9, ahead, up)
    assert np.all(far > 0)  # a tail, not nothing
    assert far == pytest.approx(stats.t.sf(1e9 / found.spread[:, 3], found.freedom), rel=1e-6)


def test_a_positive_series_never_falls_below_zero_on_the_log_scale():
    rng = np.random.default_rng(8)
    y = np.exp(rng.normal(0, 0.8, (1, 40)).cumsum(axis=1) * 0.3)
    found = forecast(y, NONE[:40], 6, season=None)
    if found.log[0]:
        assert found.interval(0.99)[0].min() > 0
        assert found.chance(np.array([-1.0]), np.array([1]), np.array([True]))[0] == 1


def test_what_cannot_be_forecast_says_why():
    y = np.full((4, 20), np.nan)
    y[0, :7] = 1.0
    y[1] = 5.0
    y[2, :19] = np.arange(19)
    y[3] = np.random.default_rng(9).normal(size=20)
    found = forecast(y, NONE[:20], 2, season=None)
    assert found.reasons[0].startswith("7 measured periods")
    assert found.reasons[1] == "all values are equal"
    assert found.reasons[2] == "the last period has no measurement"
    assert (
        found.reasons[3] is None
        and np.isfinite(found.value[3]).all()
        and np.isnan(found.value[:3]).all()
    )


def test_gaps_are_bridged_for_the_forecast_only():
    assert bridged(np.array([[1.0, np.nan, 3.0, np.nan]])).tolist() == [[1, 2, 3, 3]]
    y = 10 + np.random.default_rng(10).normal(size=(1, 40))
    holed = y.copy()
    holed[0, [5, 17]] = np.nan
    whole, found = (forecast(v, NONE[:40], 3, season=None) for v in (y, holed))
    assert found.value == pytest.approx(whole.value, rel=0.05)


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="horizon"):
        forecast(np.ones((1, 5)), NONE[:5], 0)
