"""The browser, for tests that look at pages."""

from chromium import browser  # noqa: F401
