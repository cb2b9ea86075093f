"""The wire: everything that is said to DashScope, and nothing else; httpx lives here and nowhere else."""

from __future__ import annotations

from . import _httpx as _httpx  # the first: without it httpx brings its command line
from .download import Download, expires_at, verdict
from .faults import error_from, task_error
from .http import Client, Prepared
from .meter import Stage
from .probe import Probe, serves_emulator
from .shapes import Answer, Slot, State, Submitted, TaskPage, TaskRow
from .transport import Timeouts, Waiting
from .wire import Body, Call, curl_line, encode

__all__ = [
    "Answer",
    "Body",
    "Call",
    "Client",
    "Download",
    "Prepared",
    "Probe",
    "Slot",
    "Stage",
    "State",
    "Submitted",
    "TaskPage",
    "TaskRow",
    "Timeouts",
    "Waiting",
    "curl_line",
    "encode",
    "error_from",
    "expires_at",
    "serves_emulator",
    "task_error",
    "verdict",
]
