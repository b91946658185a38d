"""Should what is said of the data be believed?"""

from __future__ import annotations

import math

from toolkit.findings import Check, Checks
from toolkit.language import Sentence
from toolkit.quality.results import Judged


def check(judged: Judged) -> Checks:
    """Whether enough was declared to find what is wrong."""
    rules = [t.rules for t in judged.tables]
    undated = [r for r in rules if r.time is None]
    unknown = [t for t in judged.tables if t.fresh is not None and not math.isfinite(t.fresh.usual)]
    keyless = [r for r in rules if not r.keyed]
    definition = judged.definition
    checks = [
        Check(
            Sentence("Every table is dated, so that its age is known"), None if undated else True,
            Sentence("{n} of {of} tables have no column that dates them", {"n": len(undated), "of": len(rules)}),
        ),
        Check(
            Sentence("Every table has rows enough to know its usual silence"), None if unknown else True,
            Sentence("{n} of {of} tables have not", {"n": len(unknown), "of": len(rules)}),
        ),
        Check(
            Sentence("Every table has a key, so that no row can stand there twice unseen"), None if keyless else True,
            Sentence("{n} of {of} tables have none; rows alike in all columns are counted there", {"n": len(keyless), "of": len(rules)}),
        ),
        Check(
            Sentence("Places are declared, so that they can be compared"), True if any(r.sites for r in rules) else None,
            Sentence("{n} of {of} tables say where a row comes from", {"n": sum(bool(r.sites) for r in rules), "of": len(rules)}),
        ),
        Check(
            Sentence("Consent is declared"), True if definition.agreed else None,
            Sentence("under 'quality.consent'") if definition.agreed else Sentence("not declared: contacts without consent cannot be found"),
        ),
        Check(
            Sentence("Retention periods are declared"), True if any(r.keep_days for r in rules) else None,
            Sentence("for {n} of {of} tables", {"n": sum(r.keep_days is not None for r in rules), "of": len(rules)}),
        ),
    ]  # fmt: skip
    return Checks(tuple(checks))
