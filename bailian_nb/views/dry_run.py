"""What `--dry-run` shows: the exact request, its cost, and the same call in Python and with curl. Sends nothing."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .. import config, specs
from ..errors import Front, keyless, printable, spelled
from ..images import Input, framed
from ..planning import expand
from ..planning.plan import Plan
from ..session.session import Session
from ..specs import service
from ..texts.catalogue import estimate, say
from ..texts.signs import sign
from .tables import Bundle, escape


@dataclass(frozen=True, kw_only=True)
class Given:
    """Pictures and mask as Python would name them: a variable, or the quoted path or URL that was typed.

    `rerun` is what is sent again, in the same manner, and `changes` the parameters that differ then.
    """

    images: Sequence[str] = ()
    mask: str | None = None
    rerun: str = ""
    changes: Mapping[str, object] = field(default_factory=dict)


def bundle(
    session: Session,
    plan: Plan,
    lang: str,
    *,
    max_cost: float | None = None,
    given: Given | None = None,
    front: Front = "python",
) -> Bundle:
    """Return the dry run as HTML and text; the key is in neither, data URLs are shortened.

    `max_cost` (CNY) and `given` only make the Python call the one that was typed; warnings are written for `front`.

    Raises
    ------
    InvalidRequest
        When the inputs, which may be Jobs that are waited for, cannot be sent.
    """
    call, curl = session.call(plan)
    cost = estimate(plan.cost, plan.model.prices_dated, lang)
    body = json.dumps(call.shown(), ensure_ascii=False, indent=2)
    parts = [
        (f"{say('dry_run', lang)}{sign('full_stop', lang)}{cost}", ""),
        (f"{call.method} {call.path}", body),
        (say("python_call", lang), python_call(session, plan, max_cost=max_cost, given=given)),
        (_curl_head(session, plan, lang), curl),
    ]
    parts += [(quota, "")] if (quota := _quota(session, plan, lang)) else []
    parts += [("⚠", spelled(warning, front)) for warning in plan.require().warnings]
    html = "".join(
        f"<div>{escape(head)}</div>" + (f"<pre>{_lines(text)}</pre>" if text else "") for head, text in parts
    )
    plain = "\n".join(f"{printable(head, 4000)}\n{text}" if text else printable(head, 4000) for head, text in parts)
    return {"text/html": html, "text/plain": plain}


def document(
    session: Session,
    plan: Plan,
    *,
    max_cost: float | None = None,
    given: Given | None = None,
    front: Front = "python",
) -> str:
    """Return the dry run as one JSON document: request, cost, the call in Python, the curl line, warnings.

    What `bundle` says of key, data URLs, `max_cost`, `given` and errors holds here, too.
    """
    call, curl = session.call(plan)
    target = session.target(plan.settings)
    found = {
        "dry_run": True,
        "model": plan.model.name,
        "function": plan.function,
        "request": {"method": call.method, "path": call.path, "body": call.shown()},
        "cost": {"cny": plan.cost, "images": plan.images, "prices_dated": plan.model.prices_dated},
        "python": python_call(session, plan, max_cost=max_cost, given=given),
        "curl": curl,
        "curl_is_billed": not target.emulator or target.in_process,
        "emulator": target.emulator,
        "warnings": [spelled(warning, front) for warning in plan.require().warnings],
    }
    return json.dumps(found, ensure_ascii=False, indent=1)


def _curl_head(session: Session, plan: Plan, lang: str) -> str:
    """Say what the line does: the emulator in this process has no address, and what a line reaches is billed."""
    if not session.target(plan.settings).in_process:
        return say("curl_line", lang)
    return say("curl_line_outside", lang, host=keyless(config.outside(plan.settings).host))


def _quota(session: Session, plan: Plan, lang: str) -> str:
    """Say what of a free quota may count for this call, "" where no page gives the model one, or nothing is billed."""
    region, free = plan.settings.region, plan.model.free_pictures
    if not free or session.target(plan.settings).emulator:
        return ""
    if region == service.DEFAULT_REGION:
        return say("quota_here", lang, count=free, days=service.FREE_DAYS)
    return say("quota_elsewhere", lang, region=region, home=service.DEFAULT_REGION)


def frame(plan: Plan) -> Bundle | None:
    """Return what an expand will draw around the picture, None for other calls and where the picture is a URL."""
    request = plan.require()
    new = expand.frame_of(request)
    if new is None or not request.images[0].data:
        return None
    picture = request.images[0]
    jpeg = framed(picture.open(), new.size, (new.x, new.y))
    size = f"{picture.width}x{picture.height} at ({new.x}, {new.y}) of {new.width}x{new.height}"
    return {"image/jpeg": base64.b64encode(jpeg).decode("ascii"), "text/plain": f"<Frame {size}>"}


def python_call(session: Session, plan: Plan, *, max_cost: float | None = None, given: Given | None = None) -> str:
    """Return the call of `bailian_nb` that sends the same; pictures without a name are called as what they are."""
    request, given = plan.require(), given or Given()
    values: dict[str, object] = {"model": plan.model.name}
    values |= {name: value for name, value in request.values.items() if name != "prompt"}
    if given.rerun:
        values = {name: request.values.get(name, value) for name, value in given.changes.items()}
    if request.sync:
        values["sync"] = True
    if plan.retries != plan.settings.retries:
        values["retries"] = plan.retries
    if not plan.cache:
        values["cache"] = False
    if request.mask is not None and not request.paste_back:
        values["paste_back"] = False
    values |= {name: True for name, on in (("fit", plan.fit), ("invert", plan.invert)) if on and request.images}
    own, usual = plan.settings, session.settings()
    values |= {"out_dir": str(own.out_dir)} if own.out_dir != usual.out_dir else {}
    values |= {"embed": own.embed} if own.embed != usual.embed else {}
    values |= {"a1111": own.a1111} if own.a1111 != usual.a1111 else {}
    if max_cost is not None:
        values["max_cost"] = max_cost if math.isfinite(max_cost) else "inf"
    named = "".join(f", {name}={value!r}" for name, value in values.items())
    if request.mask is not None and (given.mask or not given.rerun):
        name = "keep" if request.keeps and not given.rerun else "mask"
        named = f", {name}={given.mask or _named(request.mask, name)}{named}"
    names = list(given.images) or [_named(picture, "image") for picture in request.images]
    pictures = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    if given.rerun:
        return f"wan.rerun({given.rerun}{f', image={pictures}' if given.images else ''}{named})"
    if not request.images:
        return f"wan.t2i({request.prompt!r}{named})"
    function = plan.function and specs.short_name(plan.model.name, plan.function)
    return f"wan.edit({pictures}, {function!r}, {request.prompt!r}{named})"


def _named(picture: Input, otherwise: str) -> str:
    return repr(picture.url or picture.name) if picture.url or picture.name else otherwise


def _lines(text: str) -> str:
    return "\n".join(escape(line) if line.strip() == line else _indented(line) for line in text.split("\n"))


def _indented(line: str) -> str:
    return " " * (len(line) - len(line.lstrip())) + escape(line)
