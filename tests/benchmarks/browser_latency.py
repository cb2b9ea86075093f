"""From a pointer event to the painted frame, in an open notebook; the benchmarks of painter and grid measure with it.

A frame counts as painted when the first task after its animation callbacks runs: by then the page has drawn it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..browser.notebook_page import NotebookPage

LISTEN = """types => {
  const state = { taken: [], long: [], stop: new AbortController() };
  window.bnLatency?.stop.abort();
  window.bnLatency = state;
  const painted = (event) => {
    const since = (event.getCoalescedEvents?.()[0] ?? event).timeStamp;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { state.taken.push(performance.now() - since); port1.close(); };
      port2.postMessage(null);
    });
  };
  const { signal } = state.stop;
  for (const type of types) window.addEventListener(type, painted, { capture: true, passive: true, signal });
  const long = new PerformanceObserver((list) => state.long.push(...list.getEntries().map((entry) => entry.duration)));
  long.observe({ type: "longtask", buffered: false });
  signal.addEventListener("abort", () => long.disconnect());
}"""
TAKE = """async () => {
  await new Promise((done) => setTimeout(done, 400));
  const { taken, long } = window.bnLatency;
  window.bnLatency.taken = [];
  window.bnLatency.long = [];
  return [taken, long];
}"""


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one series: from event to painted frame, and the longest task; 0 where none took 50."""

    latencies: tuple[float, ...]
    longest_task: float

    @property
    def p50(self) -> float:
        return self.quantile(0.5)

    @property
    def p95(self) -> float:
        return self.quantile(0.95)

    def quantile(self, part: float) -> float:
        ordered = sorted(self.latencies) or [0.0]
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Stopwatch:
    """Takes the time from events of some types to the painted frame."""

    def __init__(self, page: NotebookPage, types: tuple[str, ...]) -> None:
        self._page = page.page
        self._page.evaluate(LISTEN, list(types))
        self.take()

    def take(self) -> Measured:
        """Return what was measured since the last call."""
        latencies, tasks = self._page.evaluate(TAKE)
        return Measured(tuple(latencies), max(tasks, default=0.0))


def both(one: Measured, other: Measured) -> Measured:
    return Measured(one.latencies + other.latencies, max(one.longest_task, other.longest_task))


def table(rows: list[tuple[Any, ...]]) -> str:
    """Return rows of text in columns of one width."""
    words = [[str(word) for word in row] for row in rows]
    widths = [max(len(row[k]) for row in words) for k in range(len(words[0]))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in words)
