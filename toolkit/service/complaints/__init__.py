"""What do customers complain about, is it dealt with, and what does it cost?

definition   `Complaints`, `Per`: what is asked
estimating   `estimate`: processes by share and place, by region, by the hundred, in favour, in time
checking     `check`
concluding   `conclude`: what to mend first
reading      counts by month
results      what was found, as tables and rows for charts
"""

from toolkit.service.complaints.checking import check
from toolkit.service.complaints.concluding import conclude
from toolkit.service.complaints.definition import Complaints, Per
from toolkit.service.complaints.estimating import estimate
from toolkit.service.complaints.results import Complained

__all__ = ["Complained", "Complaints", "Per", "check", "conclude", "estimate"]
