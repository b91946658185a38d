"""Every default that a simulation holds to its bound: what is run, and which of its figures counts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

SHORT_TESTS = (
    "tests/stats/test_shares.py", "tests/stats/test_means.py", "tests/stats/test_ratios.py", "tests/stats/test_quantiles.py",
    "tests/stats/test_multiplicity.py", "tests/stats/test_noninferiority.py", "tests/stats/test_stratified.py",
    "tests/stats/test_covariates.py", "tests/stats/test_interrupted.py", "tests/stats/test_interrupted_counts.py",
    "tests/stats/test_few_clusters.py", "tests/stats/test_series_checks.py", "tests/stats/test_forecasts.py",
    "tests/stats/test_ranks.py", "tests/stats/test_pairwise.py", "tests/stats/test_scenarios.py",
    "tests/stats/test_clustered_shares.py", "tests/stats/test_below_zero.py", "tests/stats/test_shifted_beta_geometric.py",
    "tests/experiments/test_ab_simulations.py", "tests/experiments/test_ab_planted_truths.py",
    "tests/plan_changes/test_demo_verdicts.py", "tests/money/test_money_returns.py", "tests/money/test_money_offers.py",
)  # fmt: skip

Cell = tuple[float, float]
"""A figure and its Monte Carlo error; nan where none is known."""
Finder = Callable[[str], list[Cell]]


@dataclass(frozen=True)
class Part:
    """One script, its full size, its seeds, and a small size for `--quick`; None where none is small."""

    script: str
    full: str
    seed: str
    quick: str | None = None


PARTS = {
    "tests": Part("calibrate_tests.py", "--seeds 200", "1000 on"),
    "claims": Part("calibrate_interrupted.py", "--only claims", "20261101", "--only claims --series 100"),
    "counts": Part("calibrate_interrupted.py", "--only counts --series 6000", "20261101", "--only counts --series 50"),
    "other_counts": Part("calibrate_interrupted.py", "--only other-counts --series 4000", "20261101"),
    "checks": Part("calibrate_interrupted.py", "--only checks", "20261101"),
    "differences": Part("calibrate_differences.py", "--only effects", "1", "--only effects --panels 100"),
    "donors": Part("calibrate_donors_and_waves.py", "--cases 400", "1"),
    "competitors": Part("calibrate_competitors.py", "--runs 40000", "0 on", "--runs 500"),
    "signals": Part("signals_per_series.py", "--series 4000", "1", "--series 400"),
    "forecasts": Part("forecast_coverage.py", "", "none: rolling origins of real series"),
    "roi": Part("calibrate_roi.py", "1000", "0 on", "200"),
    "offers": Part("judge_offers.py", "100", "0 on", "30"),
    "lifetime": Part("coverage_lifetime_value.py", "--only planted --runs 1000 --customers 1500", "7"),
    "renewals": Part("coverage_lifetime_value.py", "--only differing --runs 1000", "7", "--only differing --runs 30"),
    "demo": Part("judge_demo_changes.py", "--seeds 100", "1 on"),
}


@dataclass(frozen=True)
class Row:
    """A default and its bound.

    Attributes
    ----------
    low, high
        The bound, in percent (signals: per 36 months).
    find
        The cells of the output that it is about.
    pick
        ``max`` or ``min`` of them.
    why
        Why its figure is outside, where that is known.
    """

    part: str
    what: str
    low: float
    high: float
    find: Finder
    pick: Callable = max
    why: str | None = None


def binomial(share: float, of: int) -> float:
    """The standard error of a share of so many, in percent; that of one where none or all are."""
    return 100 * math.sqrt(max(share * (1 - share), 1 / of) / of)


def table(rows: str, *columns: int) -> Finder:
    """Cells of markdown rows that begin so, like ``93.3 ± 0.6`` or ``93.3 % ± 0.6``."""

    def find(said: str) -> list[Cell]:
        cells = []
        for text in said.splitlines():
            if re.match(rows, text):
                row = text.strip().strip("|").split("|")
                found = [re.search(r"([\d.]+)(?: %)?(?: ± ([\d.]+))?", row[column]) for column in columns]
                cells += [(float(f[1]), float(f[2] or "nan")) for f in found if f]
        return cells

    return find


def said_of(pattern: str) -> Finder:
    """A percentage and how many it is of, or its error in brackets."""

    def find(said: str) -> list[Cell]:
        cells = []
        for value, how in re.findall(pattern, said, re.M):
            share = float(value)
            cells.append((share, float(how) if "." in how else binomial(share / 100, int(how))))
        return cells

    return find


def rest_of(find: Finder) -> Finder:
    """What is left of a hundred: intervals hold where no claim is made."""
    return lambda said: [(100 - share, error) for share, error in find(said)]


def counted(pattern: str) -> Finder:
    """So many of so many."""

    def find(said: str) -> list[Cell]:
        pairs = [(int(some), int(of)) for some, of in re.findall(pattern, said, re.M)]
        return [(100 * some / of, binomial(some / of, of)) for some, of in pairs]

    return find


_SERIES = r"^\| \d+\+\d+ "
_PANELS = r"^\| \d+ \| \d+ \| [\d.]+ \| [a-z]"
_METRICS = r"^\| (?:share|rare share|mean|ratio|percentile|between 256)\b"
_TIES = r"^ranks all held, (?:six equal|[\w ]+, far apart): ([\d.]+) % \(\+- ([\d.]+)"
_NO_TIES = r"^ranks all held, \w+ (?:a hundredth|\w+ errors?)[\w ]* apart: ([\d.]+) % \(\+- ([\d.]+)"
_SETS = r"^\| (?!series|mean of|all values|-)[^|]+ \| [\d,]+ \|"
_OTHERS = table(r"^\| Poisson counts", 1, 2, 3, 4)
NO_TIES = (
    "places are whole numbers, so where no companies tie only claims in the wrong direction are errors; what "
    "holds 95 % at a tie holds 97.5 % next to one and 100 % further apart (docs/methods/competitors.md)."
)
FEW_COUNTS = (
    "where nearly all that moves a series is the counting itself, the interval still allows for a memory that so "
    "few periods cannot exclude: wider than needed, and never a false claim too many."
)
FEW_SERIES = (
    "one or two series, or one country's states over seven years, whose forecasts miss together; the mean of the "
    "sets is within, and a width fitted to one set would be wrong for the others (docs/methods/trends.md)."
)
ROWS = (
    Row("tests", "A/B test: 95 % intervals, any kind of metric, smallest", 93, 97, table(_METRICS, 1), min),
    Row("tests", "A/B test: 95 % intervals, any kind of metric, largest", 93, 97, table(_METRICS, 1)),
    Row("tests", "A/A test: shipped or rolled back", 0, 5, table(r"^\| ship or roll_back", 1)),
    Row("tests", "A/A test read twenty times: shipped or rolled back at any look", 0, 5, table(r"^\| the test: ship or", 1)),
    Row("claims", "One series: false claims, largest of 32 cells", 0, 7, table(_SERIES, 3)),
    Row("claims", "One series: 95 % intervals, smallest", 93, 97, table(_SERIES, 4), min),
    Row("claims", "One series: 95 % intervals, largest", 93, 97, table(_SERIES, 4)),
    Row("counts", "Counts: false claims, largest of 32 cells", 0, 7, table(_SERIES, 3)),
    Row("counts", "Counts: 95 % intervals, smallest", 93, 97, table(_SERIES, 4), min),
    Row("counts", "Counts: 95 % intervals, largest", 93, 97, table(_SERIES, 4)),
    Row("other_counts", "Counts of 6 to 5,000 a period: false claims, largest of 28 means of eight designs", 0, 7, _OTHERS),
    Row("other_counts", "Counts of 6 to 5,000 a period: 95 % intervals, largest of 28 means", 93, 97, rest_of(_OTHERS), max, FEW_COUNTS),
    Row("checks", "Checks of one series: alarms where nothing is wrong, largest kind", 0, 7, table(r"^\| all \|", 3, 4, 5, 6)),
    Row("differences", "Difference in differences: false claims, largest of 12 cells", 0, 7, table(_PANELS, 4)),
    Row("differences", "Difference in differences: 95 % intervals, smallest", 93, 97, table(_PANELS, 5), min),
    Row("differences", "Difference in differences: 95 % intervals, largest", 93, 97, table(_PANELS, 5)),
    Row("donors", "Checks of a mix of donors: alarms where nothing is wrong, largest", 0, 7, table(r"^\| \d+ \| [\d.]+ \|", 3, 4, 5)),
    Row("donors", "Checks of survey waves: alarms where nothing is wrong, largest", 0, 7, table(r"^\| \d+ \| (?:two|the)", 2, 3)),
    Row("competitors", "Places, some companies equal: all held, smallest", 95, 100, said_of(_TIES), min),
    Row("competitors", "Places, no two companies equal: all held, smallest", 93, 97, said_of(_NO_TIES), min, NO_TIES),
    Row("competitors", "Places, no two companies equal: all held, largest", 93, 97, said_of(_NO_TIES), max, NO_TIES),
    Row("competitors", "Five equal companies called different", 0, 5, said_of(r"called different: ([\d.]+) % \(\+- ([\d.]+)")),
    Row("competitors", "Target on five equal rivals says hold", 95, 100, said_of(r"says hold: ([\d.]+) % \(\+- ([\d.]+)"), min),
    Row("signals", "KPI charts: false signals in 36 months, independent series, largest", 0, 0.42, table(r"^\| independent[ ,]", 3)),
    Row("signals", "KPI charts: false signals in 36 months, any series, largest", 0, 0.42, table(r"^\| (?:independent|AR)[^|]* \| \d+ \|", 3)),
    Row("forecasts", "80 % forecast intervals, mean of the sets", 77, 83, table(r"^\| mean of the sets", 2)),
    Row("forecasts", "95 % forecast intervals, mean of the sets", 92, 98, table(r"^\| mean of the sets", 3)),
    Row("forecasts", "80 % forecast intervals, one set, smallest", 77, 83, table(_SETS, 2), min, FEW_SERIES),
    Row("forecasts", "80 % forecast intervals, one set, largest", 77, 83, table(_SETS, 2), max, FEW_SERIES),
    Row("forecasts", "95 % forecast intervals, one set, smallest", 92, 98, table(_SETS, 3), min, FEW_SERIES),
    Row("forecasts", "95 % forecast intervals, one set, largest", 92, 98, table(_SETS, 3), max, FEW_SERIES),
    Row("roi", "90 % interval of the plan's return", 88, 92, said_of(r"holds it in ([\d.]+)% of (\d+)")),
    Row("offers", "The losing offer is not recommended", 95, 100, counted(r"not recommended in (\d+) of (\d+)"), min),
    Row("lifetime", "95 % interval of lifetime value, those there now, smallest", 93, 97, table(r"^\| (?:with|und)", 1), min),
    Row("lifetime", "95 % interval of lifetime value, those there now, largest", 93, 97, table(r"^\| (?:with|und)", 1)),
    Row("lifetime", "95 % interval of lifetime value, new customers, smallest", 93, 97, table(r"^\| (?:with|und)", 2), min),
    Row("lifetime", "95 % interval of lifetime value, new customers, largest", 93, 97, table(r"^\| (?:with|und)", 2)),
    Row("renewals", "The same under contract, alike to unlike customers, there now, smallest of 30 cells", 93, 97, table(r"^\| [\d.]+ \|", 3), min),
    Row("renewals", "The same under contract, alike to unlike customers, there now, largest of 30 cells", 93, 97, table(r"^\| [\d.]+ \|", 3)),
    Row("renewals", "The same under contract, alike to unlike customers, new, smallest of 30 cells", 93, 97, table(r"^\| [\d.]+ \|", 4), min),
    Row("renewals", "The same under contract, alike to unlike customers, new, largest of 30 cells", 93, 97, table(r"^\| [\d.]+ \|", 4)),
    Row("demo", "Demo's plan changes: right verdict, rarest of five", 95, 100, counted(r"^\| \w+ \| \w+ \| (\d+) of (\d+)"), min),
)  # fmt: skip
