"""The request that the hostile services are asked for."""

from __future__ import annotations

from bailian_nb.request import Request


def request(seed: int = 7) -> Request:
    values = {"prompt": "a hill", "n": 1, "size": "512*512", "seed": seed}
    return Request(model="wan2.2-t2i-flash", values=values, seed_given=True)
