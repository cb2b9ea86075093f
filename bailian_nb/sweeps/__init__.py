"""Sweeps: one Request over a grid of values, its plan, its grid, its contact sheet and its page."""

from __future__ import annotations

from .axes import beside, parse, split
from .make import make
from .sweep import Sweep

__all__ = ["Sweep", "beside", "make", "parse", "split"]
