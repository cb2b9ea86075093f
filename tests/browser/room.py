"""One Chromium for all tests that follow each other and want it: to start it, and to load Jupyter into it, is dear."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Browser, Playwright, sync_playwright

from .notebook_page import Tabs, launch, new_context


class Room:
    """Starts what is asked for, keeps it until `close`, and starts anew when it is asked again."""

    def __init__(self, chromium: str) -> None:
        self.chromium = chromium
        self._open = ExitStack()
        self._playwright: Playwright | None = None
        self._browsers: dict[float, Browser] = {}
        self._tabs: dict[float, Tabs] = {}

    def browser(self, scale: float) -> Browser:
        """Return the browser for a device pixel ratio."""
        if scale not in self._browsers:
            if self._playwright is None:
                self._playwright = self._open.enter_context(sync_playwright())
            self._browsers[scale] = launch(self._playwright, self.chromium, scale)
            self._open.callback(self._browsers[scale].close)
        return self._browsers[scale]

    def tabs(self, scale: float) -> Tabs:
        """Return the tabs of the one profile that all notebooks of a device pixel ratio share."""
        if scale not in self._tabs:
            context = new_context(self.browser(scale), scale=scale)
            self._open.callback(context.close)
            context.new_page()  # while a tab is open, the next one needs no new window
            self._tabs[scale] = Tabs(context)
        return self._tabs[scale]

    def close(self) -> None:
        self._open.close()
        self._playwright = None
        self._browsers.clear()
        self._tabs.clear()
