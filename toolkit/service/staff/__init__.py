"""Do colleagues keep to the plan, what do surprise checks show, and what do colleagues say?

definition   `Staff` and its parts: what is asked
estimating   `estimate`: checks passed, feedback by statement, who keeps to the plan given the mix of work
checking     `check`
concluding   `conclude`
results      what was found, as tables and rows for charts
"""

from toolkit.service.staff.checking import check
from toolkit.service.staff.concluding import conclude
from toolkit.service.staff.definition import Checked, Feedback, Recognition, Staff
from toolkit.service.staff.estimating import estimate
from toolkit.service.staff.results import Worked

__all__ = ["Checked", "Feedback", "Recognition", "Staff", "Worked", "check", "conclude", "estimate"]
