"""The chart program is put together once, and never taken from a file that is not whole."""

from pathlib import Path

import pytest
import vl_convert
from toolkit.display import program


@pytest.fixture
def home(tmp_path, monkeypatch):
    """This user's folder of caches, elsewhere."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program.script.cache_clear()
    yield tmp_path
    program.script.cache_clear()


def kept(home: Path) -> Path:
    return next(home.rglob("vega-lite-*.js"))


def test_it_is_what_the_library_bundles_and_is_kept(home):
    code = program.script()
    assert code == vl_convert.javascript_bundle(vl_version=program.VEGA_LITE)
    assert kept(home).read_text(encoding="utf-8").endswith(code)
    program.script.cache_clear()
    assert program.script() == code


@pytest.mark.parametrize("harm", [b"", b"alert(1)", b"0" * 64 + b"\nalert(1)", b"\xff\xfe", None])
def test_a_file_that_is_not_whole_is_made_anew(home, harm):
    code = program.script()
    file = kept(home)
    file.write_bytes(file.read_bytes()[:-1] if harm is None else harm)
    program.script.cache_clear()
    assert program.script() == code
    program.script.cache_clear()
    assert kept(home).read_bytes().endswith(code[-40:].encode()) and program.script() == code


def test_a_folder_that_takes_nothing_is_no_failure(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    program.script.cache_clear()
    assert "vegaEmbed" in program.script()
    program.script.cache_clear()
