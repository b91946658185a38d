"""Is the plan itself in order? On schedule, ready, known to those it touches, owned, and a strategy.

definition   the question: what the params say of the plan, and where its tables are
assemble     the question of a company's params, with its tables and what else was found
reading      the plan's own tables, which are small, as plain rows
phases       the schedule: launch, phases, slippage
ready        the readiness checklist
told         who was told of which change, and when
owned        an owner and a reason for every part
strategy     the five tests of a good strategy, each with the evidence the data give
drivers      what moved each goal's KPI, and what to adjust
estimating   `estimate`: all of it
checking     `check`
concluding   `conclude`
results      `Scored`: what was found, as tables
document     the plan written out, each part beside what judges it
departments  one department or segment: what is good, what to improve; the three verbs of its own
"""

from toolkit.scorecard.checking import check
from toolkit.scorecard.concluding import conclude
from toolkit.scorecard.estimating import estimate

__all__ = ["check", "conclude", "estimate"]
