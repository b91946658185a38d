"""Which customers cost more than they bring, for sure, and how much is at stake?

definition    `Costly`: the question as a value
estimating    `estimate`: net value a month of each customer; flags held to few false ones
checking      `check`: who could be judged
concluding    `conclude`: the finding
results       what was found
"""

from toolkit.customers.costly.checking import check
from toolkit.customers.costly.concluding import conclude
from toolkit.customers.costly.definition import Costly
from toolkit.customers.costly.estimating import estimate
from toolkit.customers.costly.results import Flagged

__all__ = ["Costly", "Flagged", "check", "conclude", "estimate"]
