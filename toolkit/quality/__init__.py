"""Is the data enough, correct, current, consistent and allowed, and which questions stay open without it?

assemble     a company's params as one question to all its tables
definition   `Quality` and its parts: what good data means
uses         which question of the params file needs which columns
estimating   `estimate`: what is missing, double, late, at odds, kept too long, used without consent
checking     `check`
concluding   `conclude`: what follows, and what cannot be answered
reading      counts by table from the engine
shortfalls   from counts to shortfalls, each with the questions it touches
results      `Judged`: what was found, as tables and rows for charts
"""

from toolkit.quality.assemble import QualityStudy, assembled
from toolkit.quality.checking import check
from toolkit.quality.concluding import conclude
from toolkit.quality.definition import Quality
from toolkit.quality.estimating import estimate
from toolkit.quality.results import Judged

__all__ = ["Judged", "Quality", "QualityStudy", "assembled", "check", "conclude", "estimate"]
