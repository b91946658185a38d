"""The map at the top of `toolkit.stats` names every module of the folder, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import toolkit.stats

FOLDER = Path(toolkit.stats.__file__).parent


def entries() -> list[str]:
    return re.findall(r"^    ([a-z_]+)  +\S", toolkit.stats.__doc__, re.M)


def test_every_module_stands_in_the_map_once_and_nothing_else_does():
    there = sorted(p.stem for p in FOLDER.glob("*.py") if p.stem != "__init__")
    assert sorted(entries()) == there


def test_every_line_of_the_map_says_what_the_module_answers():
    lines = [line for line in toolkit.stats.__doc__.splitlines() if line.startswith("    ")]
    assert len(lines) == len(entries())


def test_the_package_imports_none_of_them():
    tree = ast.parse((FOLDER / "__init__.py").read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
