"""Data flows one way: a module imports only from rows above its own (docs/decisions.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROWS = [
    ["personal"],
    ["problems"],
    ["language"],
    ["shown", "drawable"],
    ["company"],
    ["data"],
    ["kpis", "aggregates", "row_scan", "scan", "study"],
    ["stats"],
    ["findings"],
    ["experiments", "plan_changes", "trends", "benchmarks", "customers", "service", "money", "quality", "scorecard"],
    ["display"],
    ["measured_benefits", "judged", "of_segment"],
    ["opened"],
    ["pack"],
    ["cli"],
]
ROW = {name: i for i, row in enumerate(ROWS) for name in row}
TOGETHER = {"kpis", "aggregates", "row_scan", "scan", "study"}  # one row, written as several files
ROOT = Path(__file__).resolve().parent.parent / "toolkit"
MODULES = sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")

# What no analysis may know: files, charts, pages.
KEPT_OUT = {
    "stats": {"pathlib", "os", "io", "altair", "ibis", "duckdb", "html", "jinja2", "nbformat"},
    "experiments": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "plan_changes": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "benchmarks": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "customers": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "money": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "quality": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "service": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "scorecard": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "trends": {"altair", "html", "jinja2", "nbformat", "duckdb"},
    "display": {"ibis", "duckdb", "statsmodels", "scipy"},
}


def place_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path: Path) -> list[tuple[int, str]]:
    """Every module imported anywhere in the file, functions included: (line, dotted name)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            if node.module == "toolkit":
                found += [(node.lineno, f"toolkit.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, node.module))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_from_rows_above(path):
    here = place_of(path)
    assert here in ROW, f"{here} has no row: give it one here and in docs/decisions.md"
    wrong = []
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] == "toolkit" and len(parts) > 1 and parts[1] in ROW and parts[1] != here:
            if ROW[parts[1]] > ROW[here] or (ROW[parts[1]] == ROW[here] and not {parts[1], here} <= TOGETHER):
                wrong.append(f"{path.name}:{line} imports {name}")
        if parts[0] in KEPT_OUT.get(here, set()):
            wrong.append(f"{path.name}:{line} imports {name}, which {here} may not know")
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_answers_two_questions(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
