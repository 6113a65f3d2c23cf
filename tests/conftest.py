"""Fixtures for all rooms. Those for the browser are described in `tests/browser.py`."""

from tests.browser import app_url, chromium_browser, screen, serve

__all__ = ["app_url", "chromium_browser", "screen", "serve"]
