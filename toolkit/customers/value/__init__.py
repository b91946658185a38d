"""Which customers bring most, after what they cost?

definition    `Profit`: the question as a value
estimating    `estimate`: revenue, cost of goods and cost to serve by customer; who holds how much
checking      `check`: money without a customer, money before and after
concluding    `conclude`: the finding
results       what was found
"""

from toolkit.customers.value.checking import check
from toolkit.customers.value.concluding import conclude
from toolkit.customers.value.definition import Profit
from toolkit.customers.value.estimating import estimate
from toolkit.customers.value.results import Profitability

__all__ = ["Profit", "Profitability", "check", "conclude", "estimate"]
