"""The browser, for tests that look at pages; a small company, for tests that run packs."""

from chromium import browser  # noqa: F401
from small_project import project  # noqa: F401
