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

from importlib import import_module

_HOME = {
    "Judged": "results", "Quality": "definition", "QualityStudy": "assemble", "assembled": "assemble",
    "check": "checking", "conclude": "concluding", "estimate": "estimating",
}  # fmt: skip

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    """Each part when it is asked for: `uses` is needed where nothing is estimated."""
    if name not in _HOME:
        raise AttributeError(f"toolkit.quality has no {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
