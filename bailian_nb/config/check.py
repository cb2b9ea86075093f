"""Check one setting where somebody sets it, instead of in the next call. `%config WanMagics` asks here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import specs
from ..errors import InvalidRequest
from ..specs import service
from ..system.language import sentence
from .folders import out_dir
from .settings import Settings, checked, load
from .values import shown

_KINDS: dict[str, specs.Kind] = {"model": "t2i", "edit_model": "edit"}


def check(name: str, value: object) -> Any:
    """Return a setting in its own type; refuse one that no call could be sent with, by itself or by the table.

    Raises
    ------
    InvalidRequest
        It says what the setting must be.
    """
    read = getattr(checked({name: value}, {}), name)
    if name in _KINDS:
        specs.get(str(value), _KINDS[name])
    if name == "out_dir":
        out_dir(replace(Settings(), out_dir=str(value)))
    if name == "region":
        _check_region(str(read))
    if name in ("n", "size") and (wrong := _wrong_everywhere(name, value)):
        raise InvalidRequest(sentence("setting {wrong}", wrong=wrong))
    return read


def _wrong_everywhere(name: str, value: object) -> str:
    """Return what the first model says against a value that no model takes, "" where one takes it."""
    said = ""
    for row in specs.models():
        function = row.functions[0].name if row.functions else None
        problems = specs.check(row, function, {name: value}).problems
        wrong = next((each.message for each in problems if each.parameter == name), "")
        if not wrong:
            return ""
        said = said or wrong
    return said


def _check_region(region: str) -> None:
    """Refuse a region that no page names, unless a base URL of the user's own leads anywhere."""
    if region in service.REGIONS:
        return
    url = load().base_url
    if url is None or service.region_of(url) is not None:
        meant, known = specs.nearest(region, list(service.REGIONS)), service.known_regions()
        raise InvalidRequest(
            sentence(
                "setting region {region} is unknown{meant} Known: {known}",
                region=shown(region),
                meant=meant,
                known=known,
            )
        )
