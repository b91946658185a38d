"""How soon are customers answered, and is it as soon as was promised?

definition   `Answering`, `Promises`, `Staffing`: what is asked
estimating   `estimate`: half and nine in ten of waits, the share within the promise, by department and channel
checking     `check`
concluding   `conclude`
promising    what is promised to each department and channel
staffing     whether a queue has colleagues enough (Erlang C)
results      what was found, as tables and rows for charts
"""

from toolkit.service.answering.checking import check
from toolkit.service.answering.concluding import conclude
from toolkit.service.answering.definition import Answering, Promises, Staffing
from toolkit.service.answering.estimating import estimate
from toolkit.service.answering.results import Answered

__all__ = ["Answered", "Answering", "Promises", "Staffing", "check", "conclude", "estimate"]
