"""Plan changes: did each bring what it promised, should we believe it, and what follows?

definition         `PlanChange`: the change and its promise as a value that holds no data
assemble           the same from a company's params
estimating         `estimate`: one scan of the table, the method the data allow, the others beside it
checking           `check`: reasons for doubt, each of which can fail
concluding         `conclude`: delivered, partly, no effect, harm, not yet, or no verdict; as findings
quarter            the same three for all changes of a plan at once

reading            what the engine is asked: sums by unit, arm, period and segment
choosing           which method do the data allow, and why?
with_control       difference in differences by unit; group-time effects where dates differ
with_donors        one touched unit against a weighted mix of others
one_series         interrupted series, counts, and what a short series can say
survey_waves       a survey before and after
grouping           alike for everybody, and was anybody hurt?
waiting            could the promise have been seen, and if not, when?
effects            the result, and its rows for charts and tables
series_doubts      should an effect in one series be believed?
comparison_checks  should an effect found by comparison be believed?
doubts             a statistic's check in the page's words
deciding           the verdict, in its order
wording            the sentences
"""

from toolkit.plan_changes import quarter
from toolkit.plan_changes.assemble import assembled, from_params, names_until, portfolio
from toolkit.plan_changes.checking import check
from toolkit.plan_changes.concluding import conclude
from toolkit.plan_changes.deciding import Decision, decide
from toolkit.plan_changes.definition import OtherChange, PlanChange, Waves
from toolkit.plan_changes.effects import Alternative, Fitted, GroupEffect, PlanEffect, Waiting
from toolkit.plan_changes.estimating import estimate

__all__ = [
    "Alternative",
    "Decision",
    "Fitted",
    "GroupEffect",
    "OtherChange",
    "PlanChange",
    "PlanEffect",
    "Waiting",
    "Waves",
    "assembled",
    "check",
    "conclude",
    "decide",
    "estimate",
    "from_params",
    "names_until",
    "portfolio",
    "quarter",
]
