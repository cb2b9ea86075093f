"""The wire: everything that is said to DashScope, and nothing else; httpx lives here and nowhere else."""

from __future__ import annotations

from .download import Download, expires_at
from .faults import error_from, task_error
from .http import Client, Prepared
from .probe import Probe, serves_emulator
from .shapes import Answer, Slot, State, Submitted, TaskPage, TaskRow
from .transport import Timeouts
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
    "State",
    "Submitted",
    "TaskPage",
    "TaskRow",
    "Timeouts",
    "curl_line",
    "encode",
    "error_from",
    "expires_at",
    "serves_emulator",
    "task_error",
]
