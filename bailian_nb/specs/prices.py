"""What a call costs and how often it may be made, by region: the shapes of the rows' money and limits.

`types.Model` holds them; `prices_file` writes them out to be compared with the vendor's pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Estimate(NamedTuple):
    """The most pictures that a call may return, and their list price in CNY, None where no page gives one."""

    images: int
    cny: float | None


@dataclass(frozen=True, kw_only=True)
class Price:
    """List price of one successful picture in a region, before free quota and savings plan.

    Parameters
    ----------
    cny
        None where the region offers the model and no page that was read gives its price.
    usd
        Where a page gives dollars.
    large_cny, large_above
        The price of a picture of more than `large_above` pixels.
    input_cny
        What each input picture costs besides.
    rewritten_cny
        The price of a picture with `prompt_extend`.
    """

    region: str
    cny: float | None
    usd: float | None = None
    large_cny: float | None = None
    large_above: int = 0
    input_cny: float = 0.0
    rewritten_cny: float | None = None

    def most(self, *, pixels: int | None = None, rewritten: bool = False) -> float | None:
        """Return what a picture costs at the most; `pixels` None where the service chooses its size."""
        found = self.rewritten_cny if rewritten and self.rewritten_cny is not None else self.cny
        if self.large_cny is not None and (pixels is None or pixels > self.large_above):
            found = self.large_cny
        return found


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Rate limits of one model in a region, shared by the whole main account.

    Create calls a second, counted over `window` seconds (60 where the page gives a number a minute), and tasks in
    progress at once. A number a minute is no leave to send it in a burst: the page of rate limits says that a
    sixtieth of it may hold for each second, so creates go out evenly (`accounts.rate`). The emulator counts the minute.
    """

    region: str
    submits_per_second: float
    tasks_at_once: int
    window: float = 1.0

    @property
    def submits(self) -> int:
        """Create calls in one window, at least 1."""
        return max(1, round(self.submits_per_second * self.window))
