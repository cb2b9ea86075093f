"""`batch`, which `bailian_nb.batch` runs; it has exit codes of its own."""

from __future__ import annotations

import argparse

from ..batch import options
from .command import Command


def _batch(given: argparse.Namespace) -> int:
    from ..batch.command import act

    return act(given)


BATCH = Command(name="batch", act=_batch, add_arguments=options.add_arguments, wrong=2)
