"""Numbers and sentences for people, kept apart from the language they are said in.

quantities    a number with its unit and interval
formats       a quantity as text: rounding, units, the language's own marks
sentences     a whole sentence with places for quantities and names
catalogues    what each language says for a sentence
directions    right to left, and what keeps names and numbers in their place there
period_names  quarters, weeks and months by their names
prose         the paragraphs of a notebook, one message each
literals      the templates that the code writes, found without running it
extract       every message; ``python -m toolkit.language.extract`` brings the catalogues up to date

Analyses produce `Sentence` and `Quantity` values; the words of a language are chosen when they
are shown, so that one run can be read in several languages.
"""

from toolkit.language.quantities import Quantity
from toolkit.language.sentences import Sentence, term, terms

__all__ = ["Quantity", "Sentence", "term", "terms"]
