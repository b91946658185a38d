"""Lifetime value: what is a customer worth, there now and newly won?

definition    `Purchases`, `Summary`, `Renewals`: the question as a value
estimating    `estimate`: cells out of the engine, a model for each segment, values with intervals
checking      `check`: convergence, holdout, independence, what was set aside
concluding    `conclude`: as findings

reading       decisions and summaries as counted cells
purchases     purchases as counted cells
buying        without contract: BG/NBD and Gamma-Gamma
renewing      under contract: shifted beta-geometric
steady        sums to the digits that every engine agrees on
results       what was found, as rows for charts and as tables
"""

from toolkit.customers.lifetime.checking import check
from toolkit.customers.lifetime.concluding import conclude
from toolkit.customers.lifetime.definition import Purchases, Renewals, Summary
from toolkit.customers.lifetime.estimating import estimate
from toolkit.customers.lifetime.results import LifetimeValue

__all__ = ["LifetimeValue", "Purchases", "Renewals", "Summary", "check", "conclude", "estimate"]
