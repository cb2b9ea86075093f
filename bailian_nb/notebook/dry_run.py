"""What `--dry-run` shows: the exact request, its cost, and the same call in Python and with curl. Sends nothing."""

from __future__ import annotations

import json

from ..errors import printable
from ..plan import Plan
from ..session import Session
from ..texts import say
from .tables import Bundle, escape


def bundle(session: Session, plan: Plan, lang: str) -> Bundle:
    """Return the dry run as HTML and text; the key is in neither, data URLs are shortened."""
    call, curl = session.call(plan)
    cost = say("cost_unknown", lang)
    if plan.cost is not None:
        cost = say("estimate", lang, cost=f"{plan.cost:.2f}", dated=plan.model.prices_dated)
    body = json.dumps(call.shown(), ensure_ascii=False, indent=2)
    parts = [
        (f"{say('dry_run', lang)}. {cost}", ""),
        (f"{call.method} {call.path}", body),
        (say("python_call", lang), python_call(plan)),
        (say("curl_line", lang), curl),
    ]
    parts += [("⚠", warning) for warning in plan.warnings]
    html = "".join(
        f"<div>{escape(head)}</div>" + (f"<pre>{_lines(text)}</pre>" if text else "") for head, text in parts
    )
    plain = "\n".join(f"{printable(head, 4000)}\n{text}" if text else printable(head, 4000) for head, text in parts)
    return {"text/html": html, "text/plain": plain}


def python_call(plan: Plan) -> str:
    """Return the call of `bailian_nb` that sends the same."""
    request = plan.require()
    values = {name: value for name, value in request.values.items() if name != "prompt"}
    first = repr(request.prompt)
    if plan.function is not None:
        first = f"{_picture(request.images[0].name, 'image')}, {plan.function!r}, {first}"
        if request.mask is not None:
            values = {"mask": request.mask.name or "mask", **values}
    arguments = "".join(f", {name}={value!r}" for name, value in {"model": plan.model.name, **values}.items())
    return f"wan.{'edit' if plan.model.kind == 'edit' else 't2i'}({first}{arguments})"


def _picture(name: str, otherwise: str) -> str:
    return repr(name) if name else otherwise


def _lines(text: str) -> str:
    return "\n".join(escape(line) if line.strip() == line else _indented(line) for line in text.split("\n"))


def _indented(line: str) -> str:
    return " " * (len(line) - len(line.lstrip())) + escape(line)
