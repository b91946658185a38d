"""The browser, for tests that look at pages; a small company, for tests that run packs; the demo's pack, run once."""

import subprocess
import sys
from pathlib import Path

import pytest
from chromium import browser  # noqa: F401
from small_project import project  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def demo_pack(tmp_path_factory):
    """The quarterly pack of a small demo company, in English and Hebrew."""
    place = tmp_path_factory.mktemp("demo")
    for words in (("demo", place, "--customers", 6000),
                  ("run", place / "params" / "demo.yaml", "--out", place / "reports", "--language", "en,he")):  # fmt: skip
        ended = subprocess.run([sys.executable, "-m", "toolkit.cli", *map(str, words)], capture_output=True, text=True, cwd=ROOT)
        assert ended.returncode == 0, ended.stderr
    return Path(ended.stdout.strip()).parent
