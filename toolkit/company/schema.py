"""The params file's JSON Schema, so that an editor completes keys and marks mistakes.

Descriptions are the models' own: the first paragraph of a class, and its ``Attributes``.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from toolkit.company.models import Company

_HEADING = re.compile(r"\n\s*Attributes\n\s*-+\n")


def schema_text() -> str:
    """The schema as stable, indented text that ends in a newline."""
    schema = Company.model_json_schema(schema_generator=_WithDescriptions)
    head = {"$schema": GenerateJsonSchema.schema_dialect, "title": "Params file of a company"}
    return json.dumps({**head, **_plain(schema)}, indent=2, ensure_ascii=False) + "\n"


class _WithDescriptions(GenerateJsonSchema):
    def model_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        summary, attributes = described(model)
        made["description"] = summary
        for name, field in model.model_fields.items():
            entry = made["properties"][field.alias or name]
            entry.pop("title", None)  # the key says it already
            if name in attributes:
                entry["description"] = attributes[name]
        return made


def described(model: type[BaseModel]) -> tuple[str, dict[str, str]]:
    """The first paragraph of a model's docstring, and what it says of each attribute."""
    summary, _, rest = inspect.getdoc(model).partition("\n\n")
    attributes: dict[str, str] = {}
    parts = _HEADING.split("\n" + rest)
    names: list[str] = []
    for line in parts[1].splitlines() if len(parts) > 1 else []:
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
        elif line.strip():
            for name in names:
                attributes[name] = f"{attributes.get(name, '')} {line.strip()}".strip()
    return _one_line(summary), attributes


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(value: Any) -> Any:
    """Without pydantic's titles, which repeat the keys."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not (k == "title" and isinstance(v, str))}
        return {k: _plain(v) for k, v in kept.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
