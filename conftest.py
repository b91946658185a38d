"""nbval compares what a notebook shows: its text and HTML. Pictures and JSON are derived from them.

The committed notebooks are canonical and keep text and HTML only, so the richer forms that a run
emits beside them are left out of the comparison, and nothing else is.
"""

from __future__ import annotations

import os

import pytest

DERIVED = (
    "application/vnd.toolkit.finding+json",
    "application/vnd.toolkit.grid+json",
    "application/vnd.vegalite.v6+json",
    "image/svg+xml",
)


PATIENCE = 300  # seconds a cell may be silent; nbval's own 5 are too few on a busy machine


def pytest_collection_modifyitems(items):
    for item in items:
        compared = getattr(item.parent, "skip_compare", None)
        if compared is not None and DERIVED[0] not in compared:
            item.parent.skip_compare = (*compared, *DERIVED)
        if hasattr(item, "output_timeout"):
            item.output_timeout = PATIENCE


def pytest_configure(config):
    config.skipped_programs = set()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.skipped and any(how in str(report.longrepr) for how in ("apt-get install", "pip install")):
        item.config.skipped_programs.add(str(report.longrepr))


def pytest_sessionfinish(session):
    """Where every program and package should be there (.ci/run), a test skipped for one is a failure."""
    skipped = getattr(session.config, "skipped_programs", set())
    if os.environ.get("TOOLKIT_NO_SKIPS") and skipped:
        print(f"\nskipped where nothing may be: {'; '.join(sorted(skipped))}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
