"""The command line, in the magics' words: `main` is the entry point, and `table` lists the commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..errors import BailianError, WaitInterrupted, one_line
from ..system.language import os_reason, sentence, spoken
from ..system.output import for_a_reader
from ..system.paths import print_any
from ..texts.catalogue import say
from .reading import read
from .table import COMMANDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 for an error (one line on stderr), 130 after Ctrl-C.

    `batch` has codes of its own: 0, 2, 3 and 75.
    """
    with for_a_reader():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        print_any(stream)
    try:
        given = read(arguments)
        return int(given.act(given))
    except BailianError as error:
        error.front = "program"
        print(one_line(error), file=sys.stderr)
        return _failed(arguments)
    except OSError as error:
        named = f"{error.filename}: " if error.filename is not None else ""
        print(f"{type(error).__name__}: {named}{os_reason(error)}", file=sys.stderr)
        return _failed(arguments)
    except WaitInterrupted as interrupted:
        print(say("cli_interrupted", spoken(), how=str(interrupted).partition(". ")[0]), file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print(sentence("Interrupted"), file=sys.stderr)
        return 130


def _failed(arguments: Sequence[str] | None) -> int:
    """Return the code of a command that did nothing: `batch` has its own."""
    typed = list(sys.argv[1:] if arguments is None else arguments)[:1]
    return next((command.wrong for command in COMMANDS if typed == [command.name]), 1)
