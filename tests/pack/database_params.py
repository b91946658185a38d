"""The demo's params with the tables of a database instead of files."""

from __future__ import annotations

import re


def over_database(text, url):
    """`text` with `source` and every ``path: x.parquet`` as ``table: x``."""
    text, tables = re.subn(r"path: (\w+)\.parquet", r"table: \1", text)
    assert tables >= 30
    return text.replace("version: 1\n", f"version: 1\nsource: {url}\n", 1)
