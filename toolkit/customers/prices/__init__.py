"""How do purchases go with the price, segment by segment?

definition    `PriceResponse`: the question as a value
estimating    `estimate`: orders a customer against the price, month by month
checking      `check`: did the price move, are there enough months
concluding    `conclude`: an association with its interval, not a cause
results       what was found
"""

from toolkit.customers.prices.checking import check
from toolkit.customers.prices.concluding import conclude
from toolkit.customers.prices.definition import PriceResponse
from toolkit.customers.prices.estimating import estimate
from toolkit.customers.prices.results import Responded

__all__ = ["PriceResponse", "Responded", "check", "conclude", "estimate"]
