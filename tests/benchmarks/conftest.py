"""The browser tests' servers and pages, for the benchmarks that look at a page."""

from ..browser.conftest import (
    browser,
    chromium,
    open_shared_notebook,
    profile,
    pytest_runtest_teardown,
    room,
    start_server,
)

__all__ = ["browser", "chromium", "open_shared_notebook", "profile", "pytest_runtest_teardown", "room", "start_server"]
