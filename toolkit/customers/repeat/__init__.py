"""Do customers come back after the first order, when, and for what?

definition    `Repeat`: the question as a value
estimating    `estimate`: customers with a full window only; cohorts; time to the second order
checking      `check`: what was set aside, whether a first order is a first one
concluding    `conclude`: the findings
results       what was found
"""

from toolkit.customers.repeat.checking import check
from toolkit.customers.repeat.concluding import conclude
from toolkit.customers.repeat.definition import Repeat
from toolkit.customers.repeat.estimating import estimate
from toolkit.customers.repeat.results import Repeated

__all__ = ["Repeat", "Repeated", "check", "conclude", "estimate"]
