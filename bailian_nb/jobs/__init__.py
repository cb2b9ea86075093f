"""Jobs: from a Request to saved pictures, through a journal that survives the kernel."""

from __future__ import annotations

from .account import Account
from .clock import Clock, SystemClock
from .job import Job, Shower
from .journal import Journal, Row
from .loops import CallbackLoop, Callbacks, LoopThread
from .recovery import Resumed, take_up
from .result import Result, SlotError
from .runner import Runner
from .saving import Saver
from .status import FINAL, Status, Why

__all__ = [
    "FINAL",
    "Account",
    "CallbackLoop",
    "Callbacks",
    "Clock",
    "Job",
    "Journal",
    "LoopThread",
    "Result",
    "Resumed",
    "Row",
    "Runner",
    "Saver",
    "Shower",
    "SlotError",
    "Status",
    "SystemClock",
    "Why",
    "take_up",
]
