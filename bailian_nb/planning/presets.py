"""Put a call into the terms of a preset: a style of the settings words its prompt and gives what it does not set.

`plan.make` calls it for `preset=` and `--preset`, `session.rerun` for a call that was sent before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import specs
from ..config import Settings
from ..config.styles import Style
from ..errors import InvalidRequest
from ..specs import shown
from ..system.language import sentence
from .plain import plain_value


def styled(
    settings: Settings, preset: object, values: Mapping[str, Any], taken: Sequence[str], notes: list[str]
) -> dict[str, Any]:
    """Return the values of a call in a style: its words around the prompt, its parameters where the call has none.

    `taken` are the parameters that the model takes: a style serves more than one, so what this one does not take is
    left out, and `notes` get a line that says so.

    Raises
    ------
    InvalidRequest
        For a name that no style has; it names the nearest one.
    """
    style = named(settings.styles, preset)
    given = {name: value for name, value in values.items() if value is not None}
    own = {name: value for name, value in style.values if name in taken}
    notes.extend(said(style, taken))
    prompt = given.get("prompt", "")
    return {**own, **given, "prompt": style.worded(prompt) if isinstance(prompt, str) else prompt}


def said(style: Style, taken: Sequence[str]) -> list[str]:
    """Return what a call in a style is told: its name, and what the model does not take of it."""
    left = [name for name, _ in style.values if name not in taken]
    lines = [sentence("preset {name}", name=style.name)]
    if left:
        lines.append(
            sentence("preset {name}: {left} left out, the model takes none", name=style.name, left=", ".join(left))
        )
    return lines


def named(styles: Sequence[Style], preset: object) -> Style:
    """Return the style of this name.

    Raises
    ------
    InvalidRequest
        When none has it; it names the nearest one.
    """
    known = {style.name: style for style in styles}
    if not isinstance(preset, str):
        raise InvalidRequest(sentence("preset is the name of a style, got {preset}", preset=shown(preset)))
    if not known:
        raise InvalidRequest(
            sentence(
                "no preset {preset}: there are no styles yet; put a [styles] table into bailian_nb.toml, for example "
                '"picture book" = "{{prompt}}, watercolour"',
                preset=shown(preset),
            )
        )
    plain = {_plain(name): style for name, style in known.items()}
    if (found := known.get(preset) or plain.get(_plain(preset))) is not None:
        return found
    raise InvalidRequest(
        sentence(
            "unknown preset {preset}{nearest} Known: {known}",
            preset=shown(preset),
            nearest=specs.nearest(preset, list(known)),
            known=", ".join(known),
        )
    )


def _plain(name: str) -> str:
    return plain_value(name).casefold()
