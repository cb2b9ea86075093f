"""The browser tests' servers and pages, for the benchmarks that look at a page."""

from ..browser.conftest import (
    browser,
    chromium,
    open_shared_notebook,
    pytest_runtest_teardown,
    room,
    start_server,
    tabs,
)

__all__ = ["browser", "chromium", "open_shared_notebook", "pytest_runtest_teardown", "room", "start_server", "tabs"]
