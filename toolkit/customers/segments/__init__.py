"""Who belongs together, is everybody in exactly one segment, and what is done for each?

definition    `Segmenting`, `Rules`, `Outcome`: the question as a value; the shipped RFM segments
proving       every case meets exactly one rule, or the rules are refused
scoring       scores 1 to 5 of how recently, how often, for how much
estimating    `estimate`: size, value and outcomes of every segment
checking      `check`: the proof, segments that nobody is in, small ones
concluding    `conclude`: whom to serve better, hold, reprice or let go; is loyalty worth it
results       what was found
"""

from toolkit.customers.segments.checking import check
from toolkit.customers.segments.concluding import conclude
from toolkit.customers.segments.definition import RFM, Outcome, Rules, Segmenting
from toolkit.customers.segments.estimating import estimate
from toolkit.customers.segments.proving import prove
from toolkit.customers.segments.results import Segmented

__all__ = ["RFM", "Outcome", "Rules", "Segmented", "Segmenting", "check", "conclude", "estimate", "prove"]
