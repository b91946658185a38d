"""A/B tests: what did each arm do, should we believe it, and what follows?

definition      `Experiment` and `Metric`: the test as a value that holds no data
assemble        the same from a company's params, KPIs of other tables joined to the units assigned
estimating      `estimate`: one reading of the table, then every effect
checking        `check`: reasons for doubt, each of which can fail
concluding      `conclude`: ship, roll back, hold, or no verdict; as findings

columns         can the table answer the test at all?
reading         what the engine is asked
percentiles     the order statistics it is asked for
samples         a share, a mean, a ratio or a percentile: by which method compared?
adjusting       units' histories taken out, strata weighed alike
comparing       every arm against the control
no_data_yet     what cannot be compared so far, and why
looks           with so many looked at, which effects still count?
segmenting      the same for everybody, and not turned round by pooling?
second_opinion  does one unit carry the result?
segment_checks  doubts from segments
robustness      doubts from the numbers: enough cases, no unit that decides alone
caveats         a failed check in a few words
effects         the result, its rows for charts and its tables
deciding        the verdict, in its order
wording         the sentences
"""

from toolkit.experiments.assemble import assembled, from_params
from toolkit.experiments.checking import check
from toolkit.experiments.concluding import conclude
from toolkit.experiments.deciding import Decision, decide
from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.effects import Effect, EffectRow, Effects, Level, LevelRow, Segmented
from toolkit.experiments.estimating import estimate

__all__ = [
    "Decision",
    "Effect",
    "EffectRow",
    "Effects",
    "Experiment",
    "Level",
    "LevelRow",
    "Metric",
    "Segmented",
    "assembled",
    "check",
    "conclude",
    "decide",
    "estimate",
    "from_params",
]
