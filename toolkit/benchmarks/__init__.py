"""Competitors: how do customers see us beside them, what goes with it, and what target is honest?

definition    `Benchmark`, `Survey`, `Score`, `Attribute`, `Figures`, `Habits`: the comparison as a value
assemble      the same from a company's params, with its tables
estimating    `estimate`: comparability first, then every number
checking      `check`: reasons for doubt, each of which can fail
concluding    `conclude`: ahead, behind, not to be told apart, not comparable; the target; as findings

reading       answers out of a table, codes and weights checked
alike         which scores may be compared at all?
weighing      raked, given the same mix, or both
standings     the league, and which places can be told from chance
gaps          we against each, and all pairs
over_waves    gaps from wave to wave, and what a year has brought
wanted        attributes: importance, performance, what goes with satisfaction
practised     who does what
results       what was found
drawn         its rows for charts
league_tables, wanted_tables, practice_tables, target_card    its tables
wording       the sentences
"""

from toolkit.benchmarks.assemble import BenchmarkStudy, assembled, from_params
from toolkit.benchmarks.checking import check
from toolkit.benchmarks.concluding import conclude
from toolkit.benchmarks.definition import Attribute, Benchmark, Figures, Habits, Score, Survey
from toolkit.benchmarks.estimating import estimate
from toolkit.benchmarks.results import Benchmarked

__all__ = [
    "Attribute",
    "Benchmark",
    "BenchmarkStudy",
    "Benchmarked",
    "Figures",
    "Habits",
    "Score",
    "Survey",
    "assembled",
    "check",
    "conclude",
    "estimate",
    "from_params",
]
