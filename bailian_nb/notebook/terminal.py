"""The value of a cell where text is printed: nothing more where its magic has shown it, and pictures where they can be.

`extension` puts this in place of IPython's own hook in its terminal. The kernel of jupyter console is asked for files,
too: a picture that it sends would open a window of the system's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .ahead import alone

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .display import Displays


def attach(shell: InteractiveShell, displays: Callable[[], Displays | None], *, prints: Callable[[], bool]) -> None:
    """Show files where `prints` says that text is all there is, and look at values before a terminal's hook does.

    That hook writes `Out[2]:` before it asks what there is to show.
    """
    formatter: Any = shell.display_formatter and shell.display_formatter.mimebundle_formatter
    for module, name in _WITH_FILES:  # by name: nothing is imported before there is one
        formatter.for_type_by_name(module, name, _Files(prints))
    if getattr(shell, "kernel", None) is None:
        shell.display_trap.hook = _Hook(shell, displays)


def detach(shell: InteractiveShell) -> None:
    """Give IPython its own hook back."""
    if isinstance(shell.display_trap.hook, _Hook):
        shell.display_trap.hook = shell.displayhook
    formatter: Any = shell.display_formatter and shell.display_formatter.mimebundle_formatter
    for printers in (formatter.deferred_printers, formatter.type_printers):
        for kind in [kind for kind, shows in printers.items() if isinstance(shows, _Files)]:
            del printers[kind]


_WITH_FILES = (("bailian_nb.jobs.result", "Result"), ("bailian_nb.gallery.picture", "Picture"))


class _Files:
    """Names the files of a Result or a Picture; what a notebook keeps of them leaves out where they lie."""

    def __init__(self, prints: Callable[[], bool]) -> None:
        self._prints = prints

    def __call__(self, value: Any) -> Any:
        if not self._prints():
            return value._repr_mimebundle_()
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
