"""Numbers and sentences for people, kept apart from the language they are said in.

quantities    a number with its unit and interval
formats       a quantity as text: rounding, units, the language's own marks
sentences     a whole sentence with places for quantities and names

Analyses produce `Sentence` and `Quantity` values; the words of a language are chosen when they
are shown, so that one run can be read in several languages.
"""

from toolkit.language.quantities import Quantity
from toolkit.language.sentences import Sentence

__all__ = ["Quantity", "Sentence"]
