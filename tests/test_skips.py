"""A test that needs a program which is missing says how to install it; where nothing may be missing it fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("strict", "ends_with"), [("", 0), ("1", 1)])
def test_where_java_is_missing(root, tmp_path, strict, ends_with):
    words = ["tests/data/test_spark_sessions.py", "-k", "share_its_spark", "-ra", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ended = subprocess.run([sys.executable, "-m", "pytest", *words], cwd=root, capture_output=True, text=True, check=False,
                           env={**os.environ, "PATH": str(tmp_path), "TOOLKIT_NO_SKIPS": strict})  # fmt: skip
    assert ended.returncode == ends_with, ended.stdout
    assert "1 skipped" in ended.stdout and "apt-get install default-jre-headless" in ended.stdout
    assert ("skipped where nothing may be" in ended.stdout) == bool(strict)
