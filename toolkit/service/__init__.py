"""How well does the service run? What goes wrong, how soon is it answered, who uses the system, which leads are won.

assemble     all parts from a company's params, with their tables; what is not declared, by name
estimating   `estimate`: every part that is declared
checking     `check`
concluding   `conclude`
results      `Served`: what was found, as tables and rows for charts
missing      what each part that is not declared would add

The parts, each with the same three verbs of its own
complaints   what goes wrong, and which process is really first
answering    how soon customers are answered, against what was promised
touchpoints  level wanted against seen; the communication plan; requests in vain; surveys
adoption     who uses the CRM system, training, what is written down
leads        what becomes of leads; marketing and sales
staff        who keeps to the plan; surprise checks; what colleagues say

What they share
window       which days, and what was known by then
asked        a question with its tables
measured     shares and means by group
waits        how long it takes, with what is still open
pareto       which kind is first, and which may be
ranking      who does better with the same mix, and which places can be told
views        what charts are given
wording      sentences
"""

from toolkit.service.assemble import ServiceStudy, assembled
from toolkit.service.checking import check
from toolkit.service.concluding import conclude
from toolkit.service.estimating import estimate
from toolkit.service.missing import Missing
from toolkit.service.results import Served

__all__ = ["Missing", "Served", "ServiceStudy", "assembled", "check", "conclude", "estimate"]
