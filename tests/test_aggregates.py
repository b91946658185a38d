"""Small numbers that stand for a table: halves add up to the whole, by rows, by units and by buckets."""

from __future__ import annotations

from hashlib import md5

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.aggregates import Aggregates, Moments, from_buckets
from toolkit.data.frames import as_table
from toolkit.kpis import Measure
from toolkit.problems import Refused
from toolkit.scan import aggregate
from toolkit.stats import ratios
from toolkit.stats.ratios import RatioMoments

MEASURES = [Measure("y", "y"), Measure("late", "y > 3"), Measure("per", "y", "x"), Measure("some", "y", where="x > 1")]
WAYS = {
    "rows": {},
    "units": {"unit": "who"},
    "buckets": {"unit": "who", "exact_units": 0},
}
EXAMPLES = 200


def examples(seed: int = 1) -> pd.DataFrame:
    """Many small tables under each other, each with odd values: missing, huge, constant, few rows."""
    rng = np.random.default_rng(seed)
    parts = []
    for i in range(EXAMPLES):
        n = int(rng.integers(2, 40))
        size = 10.0 ** rng.integers(-3, 7)
        frame = pd.DataFrame({
            "y": rng.choice([rng.normal(0, size, n), np.full(n, size), rng.integers(-2, 3, n)][i % 3], n),
            "x": rng.choice([0.0, 1.0, 2.0, size], n),
            "arm": rng.choice(np.array(["a", "b", None], dtype=object), n),
            "place": rng.choice(["n", "s"], n), "who": rng.integers(0, 9, n), "example": i,
        })  # fmt: skip
        for column in ("y", "x"):
            frame.loc[rng.random(n) < 0.2, column] = np.nan
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def framed(records: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(records, columns=["y", "x", "arm", "place", "who"])
    return table.astype({"y": "float64", "x": "float64", "arm": "object"})


def read(frame: pd.DataFrame, how: str, *dims: str, **more) -> Aggregates:
    return aggregate(as_table(frame), MEASURES, dims, **WAYS[how], **more)


def same(a: Aggregates, b: Aggregates) -> None:
    """Equal counts, means and covariances, up to rounding on the scale of the cell's own values."""
    assert list(a.cells) == list(b.cells)
    for key, m in a.cells.items():
        other = b.cells[key]
        assert (m.n, m.rows, m.basis) == (other.n, other.rows, other.basis)
        size = np.abs(other.mean) + np.sqrt(np.abs(np.nan_to_num(np.diag(other.cov)))) + 1e-150
        np.testing.assert_allclose(m.mean / size, other.mean / size, atol=1e-10)
        # single units put together know covariances that the engine was not asked for
        asked = ~np.isnan(other.cov)
        np.testing.assert_allclose(
            (m.cov / np.outer(size, size))[asked], (other.cov / np.outer(size, size))[asked], atol=1e-10
        )
        np.testing.assert_allclose(m.low, other.low)
        np.testing.assert_allclose(m.high, other.high)


@pytest.mark.parametrize("how", WAYS)
def test_two_halves_equal_the_whole(how):
    """Halves that share no unit, added by the algebra of Chan, Golub & LeVeque; buckets by their sums."""
    frame = examples()
    first, second = frame[frame.who < 4], frame[frame.who >= 4]
    halves = read(first, how, "example", "arm").plus(read(second, how, "example", "arm"))
    whole = read(frame, how, "example", "arm")
    assert len(whole.cells) > 2.5 * EXAMPLES
    same(halves, whole)


@pytest.mark.parametrize("how", ["rows", "buckets"])
def test_cells_merged_equal_cells_read(how):
    frame = examples(2)
    together = read(frame, how, "example", "arm", "place", disjoint=how == "rows")
    same(together.over("example", "arm"), read(frame, how, "example", "arm"))
    same(together.over("example"), read(frame, how, "example"))


@pytest.mark.parametrize("how", WAYS)
def test_the_order_of_rows_does_not_matter(how):
    rng = np.random.default_rng(1)
    frame = framed([(rng.normal(), rng.gamma(2), "ab"[i % 2], "n", i // 3) for i in range(600)])
    same(read(frame, how, "arm"), read(frame.sample(frac=1, random_state=2), how, "arm"))


def test_moments_are_those_of_numpy():
    rng = np.random.default_rng(2)
    frame = framed([(rng.normal(50, 3), rng.gamma(2), "a", "n", i) for i in range(300)])
    (m,) = read(frame, "rows", "arm").cells.values()
    assert m.mean_of("y__num") == pytest.approx(frame.y.mean())
    assert m.var_of("y__num") == pytest.approx(frame.y.var())
    assert m.cov_of("per__num", "per__den") == pytest.approx(frame[["y", "x"]].cov().iloc[0, 1])
    assert (m.low[0], m.high[0]) == (frame.y.min(), frame.y.max())


def test_missing_values_are_in_neither_sum():
    frame = framed([(1.0, 2.0, "a", "n", 1), (None, 3.0, "a", "n", 2), (5.0, None, "a", "n", 3), (4.0, 0.0, "a", "n", 4)])
    (m,) = read(frame, "rows", "arm").cells.values()
    assert (m.sum_of("y__num"), m.sum_of("y__den")) == (10.0, 3.0)
    assert (m.sum_of("per__num"), m.sum_of("per__den")) == (5.0, 2.0)  # the row without an x counts nowhere
    assert (m.sum_of("some__num"), m.sum_of("some__den")) == (1.0, 1.0)
    assert m.n == 4


def test_missing_keys_are_a_cell_of_their_own_and_come_last():
    frame = framed([(1.0, 1.0, None, "n", 1), (2.0, 1.0, "b", "n", 2), (3.0, 1.0, "a", "n", 3)])
    for how in WAYS:
        assert list(read(frame, how, "arm").cells) == [("a",), ("b",), (None,)]


def test_a_large_mean_keeps_its_small_variance():
    """Sums of squares would lose it: 1e9 plus noise of 1."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 1, 2000)
    frame = framed([(1e9 + v, 1.0, "a", "n", i) for i, v in enumerate(noise)])
    whole = read(frame, "rows", "arm").cells["a",]
    halves = read(frame[:700], "rows", "arm").plus(read(frame[700:], "rows", "arm")).cells["a",]
    for m in (whole, halves):
        assert m.var_of("y__num") == pytest.approx(noise.var(ddof=1), rel=1e-6)


def test_no_rows_are_no_cells():
    assert read(framed([(1.0, 1.0, "a", "n", 1)]).iloc[:0], "rows", "arm").cells == {}


def test_buckets_are_the_first_digits_of_md5_on_every_engine():
    names = [f"u{i}" for i in range(50)]
    found = aggregate(
        as_table(pd.DataFrame({"who": names, "y": 1.0})), [Measure("y", "y")], (), unit="who", exact_units=0
    )
    expected = np.zeros(256)
    for name in names:
        expected[int(md5(name.encode()).hexdigest()[:2], 16)] += 1
    np.testing.assert_array_equal(found.sums[()][:, 0], expected)


@pytest.mark.parametrize("units", [1_900, 2_000, 2_100, 2_300, 4_000])
def test_which_side_of_the_limit_units_are_on_is_counted_not_guessed(units):
    # an engine's sketch of a distinct count is some per cent off, and another engine's differs
    rows = as_table(pd.DataFrame({"who": np.repeat(np.arange(units) * 7, 2), "y": 1.0}))
    for limit, basis in ((units, "units"), (units - 1, "buckets")):
        found = aggregate(rows, [Measure("y", "y")], (), unit="who", exact_units=limit)
        assert found.cells[()].basis == basis


def _moments(found: Moments, name: str = "y") -> RatioMoments:
    num, den = f"{name}__num", f"{name}__den"
    return RatioMoments(
        found.n, found.mean_of(num), found.mean_of(den), found.var_of(num), found.var_of(den), found.cov_of(num, den)
    )


def test_bucketed_errors_agree_within_what_255_degrees_of_freedom_allow():
    """se by buckets / se by units is the root of a chi-square over its 255 df: sd 1 / sqrt(510).

    Rows of a unit are alike and their number differs, in two arms; the difference of a mean and of
    a ratio. Neither systematically off, nor more or less spread than the chi-square says (its own
    spread, over k quotients, has a standard error of sd / sqrt(2 k)). Rows taken for units are far off.
    """
    rng = np.random.default_rng(4)
    measures = [Measure("y", "y"), Measure("per", "y", "x")]
    quotients, by_rows = [], []
    for _ in range(20):
        rows = rng.integers(1, 4, 3000)
        own = rng.gamma(2, 2, 3000).repeat(rows)
        frame = pd.DataFrame({
            "who": rng.integers(0, 10**12, 3000).repeat(rows), "arm": rng.choice(["a", "b"], 3000).repeat(rows),
            "y": own + rng.gamma(1, 0.5, rows.sum()), "x": rng.integers(1, 4, rows.sum()),
        })  # fmt: skip
        exact, bucket, flat = (
            aggregate(as_table(frame), measures, ["arm"], **how)
            for how in ({"unit": "who"}, {"unit": "who", "exact_units": 10}, {})
        )
        for name in ("y", "per"):
            a, b, c = (
                ratios.difference(*(_moments(found.cells[arm,], name) for arm in "ab"))
                for found in (exact, bucket, flat)
            )
            assert b.estimate == pytest.approx(a.estimate)
            assert (b.high - b.low) / (2 * b.se) == pytest.approx(stats.t.ppf(0.975, b.df))
            assert 255 <= b.df <= 510  # Welch's for two arms of 256 buckets each
            quotients.append(b.se / a.se)
            by_rows.append(c.se / a.se)
    # two arms' errors in one: at most the spread of one arm's, at least that of two alike
    sd = 1 / np.sqrt(2 * 255)
    k = len(quotients) / 2  # the two measures of a table share their rows
    assert max(abs(q - 1) for q in quotients) < 4 * sd
    assert abs(np.mean(quotients) - 1) < 4 * sd / np.sqrt(k)
    assert sd / np.sqrt(2) * (1 - 3 / np.sqrt(2 * k)) < np.std(quotients) < sd * (1 + 3 / np.sqrt(2 * k))
    assert max(by_rows) < 1 - 2 * sd


def test_bucketed_intervals_keep_their_coverage():
    """Units with two to five rows each, hashed anew each time; the truth is the ratio of two means."""
    rng = np.random.default_rng(5)
    times, covered = 1500, 0
    for _ in range(times):
        bucket = rng.integers(0, 256, 3000)
        visits = rng.integers(2, 6, 3000)
        total = visits * rng.gamma(2, 2.5, 3000)
        sums = np.column_stack([np.bincount(bucket, total, 256), np.bincount(bucket, visits, 256)])
        cell = from_buckets((), ("y__num", "y__den"), {(): sums}, {(): 3000}).cells[()]
        found = ratios.interval(_moments(cell))
        covered += found.low <= 5.0 <= found.high
    assert abs(covered / times - 0.95) < 4 * np.sqrt(0.05 * 0.95 / times)


def test_what_cannot_be_merged_says_so():
    frame = framed([(1.0, 1.0, "a", "n", 1), (2.0, 1.0, "b", "s", 1), (3.0, 2.0, "a", "s", 2)])
    shared = read(frame, "units", "arm", "place", disjoint=False)
    with pytest.raises(ValueError, match="share units"):
        shared.over("arm")
    with pytest.raises(ValueError, match="same dims"):
        read(frame, "rows", "arm").plus(read(frame, "rows", "place"))
    with pytest.raises(ValueError, match="same dims and of the same kind"):
        read(frame, "rows", "arm").plus(read(frame, "buckets", "arm"))
    (cell, *_) = read(frame, "buckets", "arm").cells.values()
    with pytest.raises(ValueError, match="buckets are merged by their sums"):
        cell.merged(cell)
    with pytest.raises(KeyError, match="no moments of 'z'"):
        cell.mean_of("z")


def test_the_same_on_an_ibis_table():
    frame = framed([(float(i), 1.0, "a", "n", i) for i in range(9)])
    connection = ibis.duckdb.connect()
    connection.create_table("t", frame)
    same(aggregate(connection.table("t"), MEASURES, ["arm"]), read(frame, "rows", "arm"))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("numerator, denominator", [("y", "1e300"), ("y", "1e-300"), ("y * 1e200", "1")])
def test_numbers_whose_squares_are_none_are_refused_by_name(how, numerator, denominator):
    table = as_table(examples().dropna())
    with pytest.raises(Refused, match="nothing can be reckoned with them") as refused:
        aggregate(table, [Measure("k", numerator, denominator), Measure("y", "y")], ("place",), **WAYS[how])
    assert {p.place.partition(".")[0] for p in refused.value.problems} == {"k"}, "and no other"
    fine = aggregate(table, [Measure("k", f"({numerator}) * 0", "1")], ("place",), **WAYS[how])
    assert fine.cells, "nothing is no small number"


@pytest.mark.parametrize("how", WAYS)
def test_words_are_refused_however_they_would_be_summed(how):
    table = as_table(examples())
    for measure in (Measure("k", "place"), Measure("k", "'12'"), Measure("k", "y", "place"), Measure("k", "y", where="place")):
        with pytest.raises(Refused, match="it is string"):
            aggregate(table, [measure], ("arm",), **WAYS[how])


@pytest.mark.parametrize("how", WAYS)
def test_rows_left_out_are_as_if_they_were_not_there(how):
    frame = examples(3)
    kept = aggregate(as_table(frame), MEASURES, ("arm",), only="place = 'n' OR y IS NULL", **WAYS[how])
    same(kept, read(frame[(frame.place == "n") | frame.y.isna()], how, "arm"))


def test_units_left_out_do_not_count_against_the_limit():
    rows = as_table(pd.DataFrame({"who": np.arange(3000), "y": 1.0}))
    for limit, basis in ((100, "units"), (99, "buckets")):
        found = aggregate(rows, [Measure("y", "y")], (), unit="who", only="who < 100", exact_units=limit)
        assert (found.cells[()].basis, found.cells[()].rows) == (basis, 100)


def test_units_without_a_name_are_one_unit_where_none_has_one():
    rows = as_table(pd.DataFrame({"who": np.array([None] * 5, dtype=object), "y": 1.0}).astype({"who": "string"}))
    found = aggregate(rows, [Measure("y", "y")], (), unit="who", exact_units=0)
    assert (found.cells[()].basis, found.cells[()].n, found.sums) == ("units", 1, None)


@pytest.mark.parametrize("values", [[True, True, True], [False, False], [True, False, True], [False]])
def test_extremes_of_a_share_are_those_of_its_values(values):
    table = as_table(pd.DataFrame({"y": values, "x": np.arange(len(values)) + 2.0}))
    (m,) = aggregate(table, [Measure("late", "y"), Measure("x", "x")], (), covariates=["x"]).cells.values()
    for column, known in (("late__num", values), ("late__den", [1]), ("x__num", [2, len(values) + 1])):
        assert (m.low[m.at(column)], m.high[m.at(column)]) == (min(known), max(known)), column
    assert np.isnan(m.low[m.at("x")]) and np.isnan(m.high[m.at("x")]), "of a covariate they are not asked"


def test_columns_may_be_called_like_anything():
    """Names that the queries use themselves, and names that need quotes."""
    odd = ["x0", "d0", "n", "toolkit__rows", 'a "b"', "order", "m0", "raw"]
    frame = pd.DataFrame({c: [1.0, 2.0, 4.0] for c in odd} | {"y": [1.0, 3.0, 5.0], "who": [1, 2, 3]})
    for c in odd:
        for how in WAYS.values():
            found = aggregate(as_table(frame), [Measure("y", "y")], (c,), covariates=[o for o in odd[:1] if o != c], **how)
            assert [m.sum_of("y__num") for m in found.cells.values()] == [1.0, 3.0, 5.0], (c, how)
