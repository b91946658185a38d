"""Every failure that docs/refused.md lists is refused in the words that stand there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from documented_failures import FAILURES, Failure
from toolkit import experiments
from toolkit.cli import main
from toolkit.opened import open_company
from toolkit.problems import Refused

NO_MESSAGE = re.compile(
    r"[0-9]+ problems?; nothing was written|Usage: .*|Try .*|\[[0-9]+/[0-9]+\] .*|"
)


def said(failure: Failure, folder: Path, monkeypatch, capsys) -> list[str]:
    """What is said of a failure, line by line."""
    (folder / "shop.yaml").write_text(failure.params, encoding="utf-8")
    for name, content in failure.files.items():
        raw = content.encode("utf-8") if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    before = sorted(p for p in folder.rglob("*") if p.is_file())
    if failure.test:
        with pytest.raises(Refused) as refused:
            experiments.estimate(open_company("shop.yaml").test(failure.test))
        lines = [str(p) for p in refused.value.problems]
    else:
        monkeypatch.setattr(sys, "argv", ["toolkit", *failure.arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        lines = capsys.readouterr().err.splitlines()
        lines = [line for line in lines if not NO_MESSAGE.fullmatch(line)]
    assert sorted(p for p in folder.rglob("*") if p.is_file()) == before, "something was written"
    return lines


def name(failure: Failure) -> str:
    return f"{failure.part}: {failure.what}"


def written(lines: list[str]) -> str:
    """The messages as a cell of the page's table."""
    return "<br>".join(f"`{line}`" for line in lines).replace("|", "\\|")


@pytest.mark.parametrize("failure", FAILURES, ids=name)
def test_it_is_refused_in_the_words_of_the_page(failure, tmp_path, monkeypatch, capsys, root):
    row = f"| {failure.what} | {written(said(failure, tmp_path, monkeypatch, capsys))} |"
    page = (root / "docs" / "refused.md").read_text(encoding="utf-8")
    assert row in page.splitlines()


def test_the_page_lists_no_failure_that_is_not_tried(root):
    page = (root / "docs" / "refused.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([^|]+) \| `.*` \|$", page, re.M)
    assert sorted(listed) == sorted(f.what for f in FAILURES)
