"""Is the CRM system used: by how many, since when, by whom not yet, and how well?

definition   `Adoption` and its parts: what is asked
estimating   `estimate`: the day most had used it, the last ones by team, training, what is written down
starting     first and last use of each colleague, counted by team and day
checking     `check`
concluding   `conclude`
results      what was found, as tables and rows for charts
"""

from toolkit.service.adoption.checking import check
from toolkit.service.adoption.concluding import conclude
from toolkit.service.adoption.definition import Adoption, Logging, Logins, Training, Users
from toolkit.service.adoption.estimating import estimate
from toolkit.service.adoption.results import Adopted

__all__ = ["Adopted", "Adoption", "Logging", "Logins", "Training", "Users", "check", "conclude", "estimate"]
