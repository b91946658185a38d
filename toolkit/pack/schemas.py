"""The published forms of ``findings.json`` and ``manifest.json``, as JSON Schema.

Both say their form as ``format``. Within a form keys may be added and none is renamed, removed or given
another meaning; so a reader ignores keys it does not know, and the schemas allow them.
"""

from __future__ import annotations

import json

from toolkit.findings import VARIATIONS, VERDICTS
from toolkit.pack.manifest import FORMAT

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT, _MAYBE_TEXT = {"type": "string"}, {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_NUMBERS = {"type": "object", "additionalProperties": {"type": ["number", "null"]}}


def findings_schema() -> dict:
    """Of ``findings.json``: one entry a finding, numbers at full precision, null where there is none."""
    check = _all_of({
        "name": _said(_TEXT, "What is checked, stated as it should be."),
        "passed": _said({"type": ["boolean", "null"]}, "false casts doubt, null informs only."),
        "detail": _said(_TEXT, "What was seen, with its number."),
        "takes_verdict": _said({"type": "boolean"}, "Failing, it takes the verdict away."),
        "numbers": _NUMBERS,
    })  # fmt: skip
    number = {"type": ["number", "null"]}
    finding = _all_of({
        "id": _said(_TEXT, "The same question has the same id in every run."),
        "notebook": _TEXT,
        "page": _said(_TEXT, "The page it stands on."),
        "question": _TEXT,
        "subject": _TEXT,
        "verdict": {"enum": sorted({v for kind in VERDICTS.values() for v in kind})},
        "sentence": _said(_TEXT, "The finding in words, in English."),
        "kpi": _MAYBE_TEXT,
        "comparison": _MAYBE_TEXT,
        "segment": _MAYBE_TEXT,
        "period": _MAYBE_TEXT,
        "estimate": _said(number, "In `unit`; null where there is none, and `verdict` says why."),
        "low": _said(number, "The lower end of the interval."),
        "high": _said(number, "The upper end of the interval."),
        "level": _said(number, "Of the interval, a fraction."),
        "p_value": _said(number, "Against `null`."),
        "unit": _TEXT,
        "per": _said(_MAYBE_TEXT, "What a volume is counted against, such as `day`."),
        "n": _said(_COUNT, "How many of `n_unit` it rests on."),
        "n_unit": _TEXT,
        "method": _TEXT,
        "null": _MAYBE_TEXT,
        "source": _TEXT,
        "promised": number,
        "worthwhile": number,
        "decision": _MAYBE_TEXT,
        "owner": _MAYBE_TEXT,
        "due": _said({"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}$"}, "A day."),
        "grade": _said({"enum": ["A", "B", "C", None]}, "How strong the evidence is."),
        "checks": {"type": "array", "items": check},
        "numbers": _said(_NUMBERS, "Further figures by name."),
        "answers": {"type": "array", "items": _TEXT},
        "headline": _said({"type": "boolean"}, "Stands on the pack's first page."),
        "variation": {"enum": [*VARIATIONS, None]},
    })  # fmt: skip
    return _head("Findings of a run", {
        "company": _TEXT, "period": _TEXT, "findings": {"type": "array", "items": finding},
    })  # fmt: skip


def manifest_schema() -> dict:
    """Of ``manifest.json``: what a run was made from, and every file it made."""
    aside = _all_of({"column": _MAYBE_TEXT, "rule": _TEXT, "rows": _COUNT})
    table = _all_of({
        "table": _TEXT, "fingerprint": _said(_TEXT, "Changes with every change of the table."),
        "rows": _said(_COUNT, "Rows read."), "kept": _said(_COUNT, "Rows left."),
        "without_consent": _said(_COUNT, "Rows of people who did not agree, or of whom it is not said: left out."),
        "set_aside": {"type": "array", "items": aside},
    })  # fmt: skip
    page = _all_of({
        "page": _TEXT, "notebook": _TEXT, "notebook_sha256": _SHA256, "params": {"type": "object"},
        "failed": _said(_MAYBE_TEXT, "Why the page could not be made."),
        "problems": {"type": "array", "items": _TEXT}, "seconds": {"type": "number", "minimum": 0},
        "cpu_seconds": {"type": ["number", "null"]},
        "remembered": _said({"type": "boolean"}, "Taken over from an earlier run, as nothing it is made from has changed."),
    })  # fmt: skip
    notes = _said({"type": "array", "items": _TEXT}, "What was changed to read a file of an older form.")
    params = _all_of({"file": _TEXT, "sha256": _SHA256, "migrated": notes}) | {"description": "The params file."}
    moment = {"type": "string", "format": "date-time"}
    return _head("What a run was made from", {
        "company": _TEXT, "pack": _TEXT, "period": _TEXT, "params": params,
        "inputs": {"type": "array", "items": table},
        "versions": {"type": "object", "additionalProperties": _TEXT},
        "commit": _said(_MAYBE_TEXT, "Of the toolkit's repository, with + for local changes."),
        "pages": {"type": "array", "items": page},
        "files": _said({"type": "object", "additionalProperties": _SHA256}, "File -> SHA-256, this one left out."),
        "started": moment, "ended": moment,
    })  # fmt: skip


def text_of(schema: dict) -> str:
    """The schema as stable, indented text that ends in a newline."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _said(schema: dict, description: str) -> dict:
    return {**schema, "description": description}


def _all_of(properties: dict) -> dict:
    """An object that has all of these, and perhaps others."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _head(title: str, properties: dict) -> dict:
    form = _said({"const": FORMAT}, "The form of this file.")
    return {"$schema": DIALECT, "title": title, **_all_of({"format": form, **properties})}
