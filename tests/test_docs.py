"""What stands in docs/ and README.md is run: examples, params files, keys and constants."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from toolkit.company.load import load_company
from toolkit.company.models import Engine
from toolkit.company.tables import Column, CsvOptions, Join, Table
from toolkit.company.tests import Test
from toolkit.experiments import checking, deciding, estimating, reading, robustness, second_opinion
from toolkit.stats import quantiles, sample_ratio, sequential, shares

ROOT = Path(__file__).resolve().parent.parent
PAGES = [p for p in (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md") if p.is_file()]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks(page: Path, info: str) -> list[tuple[int, str]]:
    """The blocks of a page that are marked so, each with its line."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, m.start()) + 2,
         m[2]) for m in BLOCK.finditer(text) if m[1].strip() == info
    ]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_runs_as_it_stands(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for line, code in blocks(page, "python"):
        if ">>>" not in code:
            exec(compile("\n" * (line - 1) + code, named(page), "exec"), names)  # noqa: S102
            continue
        found = doctest.DocTestParser().get_doctest(code, names, named(page), named(page), line - 1)
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(found, out=said.append, clear_globs=False)
        assert not runner.failures, "".join(said)
        names |= found.globs


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_params_files_are_accepted(page, tmp_path):
    for i, (_, text) in enumerate(blocks(page, "yaml params")):
        file = tmp_path / f"company_{i}.yaml"
        file.write_text(text, encoding="utf-8")
        assert load_company(file).company.tables


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_that_are_named_are_there(page):
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:toolkit|docs|tests|notebooks|benchmarks)/[A-Za-z0-9_./]+)`",
                           text):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", text):
        assert (page.parent / path).exists(), path


@pytest.mark.parametrize("model", [Table, Column], ids=lambda m: m.__name__)
def test_every_key_of_a_table_is_explained(model):
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    firsts = re.findall(r"^\| (`[^|]*`) \|", text, re.M)
    explained = {key for cell in firsts for key in re.findall(r"`([a-z_]+)`", cell)}
    assert {f.alias or n for n, f in model.model_fields.items()} <= explained


def test_every_key_of_a_csv_and_a_join_is_explained():
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    for key in CsvOptions.model_fields:
        assert f"| `{key}` |" in text
    assert all(f"{key}:" in text for key in Join.model_fields)


def section(title: str) -> str:
    for page in (ROOT / "docs" / "methods.md", *sorted((ROOT / "docs" / "methods").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        if found := re.search(rf"^(#+) {re.escape(title)}\n", text, re.M):
            return re.split(rf"^{found[1]} ", text[found.end():], maxsplit=1, flags=re.M)[0]
    raise AssertionError(f"no page on methods has the heading {title!r}")


@pytest.mark.parametrize(
    ("title", "words", "value"),
    [
        ("A/B tests", "fails at p < {:.3f}", sample_ratio.THRESHOLD),
        ("A/B tests", "fewer than {:d} units are expected", sample_ratio.FEW),
        ("A/B tests", "up to {:,d} of them", sample_ratio.TABLES_MOST),
        ("A/B tests", "above {:,d} values", quantiles.EXACT_MOST),
        ("A/B tests", "up to {:d} units an arm", shares.BOSCHLOO_MOST),
        ("A/B tests", "near {:,.0f} units", sequential.TUNING),
        ("A/B tests", "{:.0%} of the rows at least", checking.TARGET_SHARE),
        ("A/B tests", "{:d} expected with and without", robustness.FEWEST_EXPECTED),
        ("A/B tests", "{:d} units an arm for the others", robustness.FEWEST_UNITS),
        ("A/B tests", "the {:.0%} quantile", second_opinion.UPPER),
        ("A/B tests", "power {:.0%}", estimating.POWER),
        ("A/B tests", "beyond {:d} weeks", deciding.LONGEST_WEEKS),
        ("KPIs and aggregates", "`engine.exact_units` ({:,d})", Engine().exact_units),
        ("KPIs and aggregates", "`engine.buckets` ({:d}", Engine().buckets),
        ("Corrections, levels and intervals", "a test's ({}", Test.model_fields["level"].default),
    ],
)  # fmt: skip
def test_constants_are_those_of_the_code(title, words, value):
    said = words.format(value).replace("0.001", ".001").replace("%", " %")
    assert said in section(title)


def test_the_most_values_of_a_segment_are_those_of_the_code():
    text = (ROOT / "docs" / "refused.md").read_text(encoding="utf-8")
    assert f"more than {reading.MOST_VALUES} values" in text
