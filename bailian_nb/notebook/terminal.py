"""The value of a cell in IPython's terminal: nothing more where its magic has shown it, and pictures where they can be.

`extension` puts this in place of IPython's own hook, in a terminal alone.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .ahead import alone

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .display import Displays


def attach(shell: InteractiveShell, displays: Callable[[], Displays | None]) -> None:
    """Look at values before IPython's hook does, which writes `Out[2]:` before it asks what there is to show."""
    shell.display_trap.hook = _Hook(shell, displays)
    formatter: Any = shell.display_formatter and shell.display_formatter.mimebundle_formatter
    for module, name in _WITH_FILES:  # by name: nothing is imported before there is one
        formatter.for_type_by_name(module, name, _files)


def detach(shell: InteractiveShell) -> None:
    """Give IPython its own hook back."""
    if isinstance(shell.display_trap.hook, _Hook):
        shell.display_trap.hook = shell.displayhook
    formatter: Any = shell.display_formatter and shell.display_formatter.mimebundle_formatter
    for printers in (formatter.deferred_printers, formatter.type_printers):
        for kind in [kind for kind, shows in printers.items() if shows is _files]:
            del printers[kind]


_WITH_FILES = (("bailian_nb.jobs.result", "Result"), ("bailian_nb.gallery.picture", "Picture"))


def _files(value: Any) -> dict[str, str]:
    """Name the files of a Result or a Picture: what a notebook keeps of them leaves out where they lie."""
    with alone():
        from ..views import cell

    return {"text/plain": cell.with_files(value)}


class _Hook:
    def __init__(self, shell: InteractiveShell, displays: Callable[[], Displays | None]) -> None:
        self._shell = shell
        self._displays = displays

    def __call__(self, result: object = None) -> None:
        hook: Any = self._shell.displayhook  # its methods have no types
        displays = self._displays()
        ours = type(result).__module__.startswith("bailian_nb.")
        if not ours or hook.quiet():
            hook(result)
        elif displays is not None and displays.has_shown(result):
            hook.check_for_underscore()
            hook.update_user_ns(result)
            hook.fill_exec_result(result)
        else:
            hook(result)
            _draw(result)


def _draw(result: object) -> None:
    """Draw what a front end would show of the value, if it is a picture."""
    shown = getattr(result, "_repr_mimebundle_", None)
    if shown is None or hasattr(result, "_ipython_display_"):  # which has drawn it
        return
    with alone():
        from ..views import terminal

    def jpeg() -> bytes:
        found = shown()
        bundle = found[0] if isinstance(found, tuple) else found
        return base64.b64decode(bundle.get("image/jpeg", ""))

    terminal.draw(jpeg)
