"""Churn and retention: how long do customers stay, and who leaves?

definition    `Retention`: the question as a value
estimating    `estimate`: curves by segment, the grid of cohorts
checking      `check`: enough ends, seen long enough, cohorts alike, what was set aside
concluding    `conclude`: as findings

reading       stays as counts
newcomers     whether existing customers leave when more new ones come
results       what was found, as rows for charts and as tables
"""

from toolkit.customers.retention.checking import check
from toolkit.customers.retention.concluding import conclude
from toolkit.customers.retention.definition import Retention
from toolkit.customers.retention.estimating import estimate
from toolkit.customers.retention.results import Retained

__all__ = ["Retained", "Retention", "check", "conclude", "estimate"]
