"""What becomes of leads, how soon are they taken up, and do marketing and sales agree?

definition   `Leads`: what is asked
estimating   `estimate`: conversion of mature leads, the way there, speed, hand-over, agreement
checking     `check`
concluding   `conclude`
results      what was found, as tables and rows for charts
"""

from toolkit.service.leads.checking import check
from toolkit.service.leads.concluding import conclude
from toolkit.service.leads.definition import Leads
from toolkit.service.leads.estimating import estimate
from toolkit.service.leads.results import Led

__all__ = ["Leads", "Led", "check", "conclude", "estimate"]
