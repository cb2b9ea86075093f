"""`%load_ext bailian_nb` and what `import bailian_nb` does in a notebook: register magics, completion and displays.

Loading imports next to nothing: what a magic, a completion or a display needs is imported when it is asked for, or by
`ahead` while the user types. `tests/notebook/test_light.py` holds the list of what may be imported here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from ..errors import InvalidRequest
from ..session import front as fronts
from ..store.open_rows import may_have_open_rows
from ..system.environment import environment
from ..system.home import home
from . import terminal
from .ahead import EMULATOR, MODULES, Ahead, alone
from .magics import WanMagics

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..specs import Kind
    from ..widgets.outputs import Outputs

_loaded: dict[int, WanMagics] = {}
_ahead: dict[int, Ahead] = {}
_CELLS = ("wan_t2i", "wan_edit", "wan_sweep", "wan_batch")
_MAGICS = {"line": (*_CELLS, "wan"), "cell": _CELLS}
_OURS = re.compile(r"\s*(?:\w+\s*=\s*)?%%?wan")
"""How a line begins that `completion` may know."""
_OURS_BELOW = re.compile(rf"%%(?:{'|'.join(_CELLS)})\b")
_WIDE = re.compile(r"\A(\s*(?:\w+\s*=\s*)?%%?wan(?:_\w+)?)[\u00a0\u3000]")
"""A magic's name with a blank of a page or a wide keyboard behind it, which IPython takes for a letter of the name."""


def load(shell: InteractiveShell) -> None:
    """Register everything once; a second call changes nothing."""
    magics = attach(shell)
    if "wan" in shell.magics_manager.magics["line"]:
        return
    shell.register_magics(magics)
    for change in _CLEANED:
        if change not in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.append(change)
    completer = getattr(shell, "Completer", None)
    if completer is not None and _complete not in completer.custom_matchers:
        completer.custom_matchers.append(_complete)
    ahead = _ahead[id(shell)] = Ahead(shell, (*MODULES, *(EMULATOR if _may_draw_itself() else ())))
    ahead.begin()
    _greet(magics)


def attach(shell: InteractiveShell) -> WanMagics:
    """Let Jobs show themselves in this shell's cells, without registering magics."""
    magics = _loaded.get(id(shell))
    if magics is None:
        magics = _loaded[id(shell)] = WanMagics(shell)
        front = fronts.here = magics.front
        terminal.attach(shell, magics.displayed, prints=lambda: front.terminal)
        outputs = _outputs()
        outputs.publisher = lambda bundle, display_id, *, update: magics.displays.publish(
            bundle, display_id, update=update
        )
        outputs.live = lambda: front.interactive() and not front.waits()
    return magics


def unload(shell: InteractiveShell) -> None:
    """Take magics, completion and displays back; running Jobs go on."""
    magics = _loaded.pop(id(shell), None)
    if magics is None:
        return
    ahead = _ahead.pop(id(shell), None)
    if ahead is not None:
        ahead.stop()
    for kind, names in _MAGICS.items():
        for name in names:
            shell.magics_manager.magics[kind].pop(name, None)
    for change in _CLEANED:
        if change in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(change)
    completer = getattr(shell, "Completer", None)
    if completer is not None and _complete in completer.custom_matchers:
        completer.custom_matchers.remove(_complete)
    terminal.detach(shell)
    magics.close()
    fronts.here = fronts.ScriptFront()
    _outputs().reset()


def _outputs() -> Outputs:
    """Return what widgets write their outputs through; their room is entered only where there is a notebook."""
    from ..widgets.outputs import outputs

    return outputs


def _may_draw_itself() -> bool:
    """Tell whether the emulator may answer: it was asked for, or no key is in the environment."""
    return bool(environment().get("BAILIAN_NB_EMULATOR")) or not environment().get("DASHSCOPE_API_KEY")


def _greet(magics: WanMagics) -> None:
    """Say what an earlier kernel left; quiet otherwise, and without the network."""
    if not may_have_open_rows(home()):
        return
    with alone():
        from ..session import session as sessions
        from ..system.language import spoken
        from ..texts.catalogue import say
        from ..views.tables import note
    count = sessions.current().pending()
    if count:
        magics.here.publish(note(say("pending_rows", spoken(), count=count)))


def _with_blanks(lines: list[str]) -> list[str]:
    """Put a plain blank behind a magic's name; below the first line of a cell magic all is text."""
    body = next((below for below, line in enumerate(lines, start=1) if line.lstrip().startswith("%%")), len(lines))
    return [*(_WIDE.sub(r"\1 ", line, count=1) for line in lines[:body]), *lines[body:]]


def _from_the_magic(lines: list[str]) -> list[str]:
    """Leave out comments above a cell magic of ours, such as Quarto's `#|` options: IPython wants it first."""
    above = next((at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    return lines[above:] if above and _OURS_BELOW.match(lines[above]) else lines


_CLEANED = (_with_blanks, _from_the_magic)


@context_matcher()  # type: ignore[untyped-decorator]  # IPython's has no types
def _complete(context: CompletionContext) -> SimpleMatcherResult:
    """Answer IPython's completer for lines of ours; other lines get nothing from here."""
    if _OURS.match(context.text_until_cursor) is None:
        return {"completions": [], "suppress": False}
    with alone():
        from ..planning.plain import QUOTES
        from ..session import session as sessions
        from .completion import complete
    found = complete(
        context.text_until_cursor, lambda: [job.id for job in sessions.current().jobs()], _usual(), _presets
    )
    behind = context.line_with_cursor[context.cursor_position :][:1]
    closed = bool(behind) and behind in QUOTES  # by the editor
    files = [path.removesuffix(behind) if closed else path for path in found.files]
    kinds = [*((word, "magic") for word in found.words), *((path, "path") for path in files)]
    return {
        "completions": [SimpleCompletion(text=text, type=kind) for text, kind in kinds],
        # Only what nobody else may offer there: IPython writes a file's name as no magic reads it.
        "suppress": found.alone or ({"IPCompleter.file_matcher"} if files else False),
        "matched_fragment": found.fragment,
    }


def _presets() -> list[str]:
    """Return the names of the styles; none where the settings cannot be read."""
    from ..session import session as sessions

    try:
        return [style.name for style in sessions.current().settings().styles]
    except InvalidRequest:
        return []


def _usual() -> dict[Kind, str]:
    """Return the models that a line without one means; none where the settings cannot be read."""
    from ..session import session as sessions

    try:
        settings = sessions.current().settings()
    except InvalidRequest:
        return {}
    return {"t2i": settings.model, "edit": settings.edit_model}
