"""What customers meet: is it as wanted, are they contacted as planned, what do they ask for in vain?

definition   `Touchpoints` and its parts: what is asked
estimating   `estimate`: level wanted against seen, contacts in time, requests, what surveys can measure
checking     `check`
concluding   `conclude`
results      what was found, as tables and rows for charts
"""

from toolkit.service.touchpoints.checking import check
from toolkit.service.touchpoints.concluding import conclude
from toolkit.service.touchpoints.definition import Outreach, Requests, Surveys, Touchpoint, Touchpoints
from toolkit.service.touchpoints.estimating import estimate
from toolkit.service.touchpoints.results import Met

__all__ = ["Met", "Outreach", "Requests", "Surveys", "Touchpoint", "Touchpoints", "check", "conclude", "estimate"]
