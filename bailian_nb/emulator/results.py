"""Finished pictures: their presigned URLs, and their bytes, drawn when they are first fetched.

`app` serves them, `answers` names their URLs, `inputs` reads one when a client edits a result by its URL.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from .drawing import COARSE
from .faults import plain
from .inputs import load, write
from .tasks import Store, Task

KEY_ID = "EMULATOR"
_PATH = re.compile(r"/results/([0-9a-f-]{36})/([0-9]{1,2})\.png")
_at_once = threading.Semaphore(2)  # a large picture takes tens of megabytes while it is drawn


class ResultRefused(Exception):  # it is an answer of the object store, not an error of this program
    """A picture that is not given out, as the object store words it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(f"{code}: {message}")

    @property
    def xml(self) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n'
            f"  <Code>{self.code}</Code>\n  <Message>{self.message}</Message>\n</Error>\n"
        )


class Results:
    """The pictures of one home's tasks."""

    def __init__(self, store: Store, kept: float) -> None:
        self._store = store
        self._kept = kept

    def url(self, task: Task, index: int, origin: str) -> str:
        """Return the presigned URL of one picture, on the host that the client asked."""
        path = f"/results/{task.id}/{index}.png"
        expires = int(task.created + self._kept)
        signature = quote(self._sign(path, expires), safe="")
        return f"{origin}{path}?Expires={expires}&OSSAccessKeyId={KEY_ID}&Signature={signature}"

    def fetch(self, path: str, query: Mapping[str, str], now: float) -> bytes:
        """Return the picture behind a presigned URL.

        Raises
        ------
        ResultRefused
            As the object store would: 403 for a wrong or old signature, 404 for no such picture.
        """
        match = _PATH.fullmatch(path)
        expires = query.get("Expires", "")
        if match is None or not expires.isdigit() or query.get("OSSAccessKeyId") != KEY_ID:
            raise ResultRefused(403, "AccessDenied", "You have no right to access this object.")
        if not hmac.compare_digest(self._sign(path, int(expires)), query.get("Signature", "")):
            raise ResultRefused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        if now >= int(expires):
            raise ResultRefused(403, "AccessDenied", "Request has expired.")
        task, index = self._store.get(match[1]), int(match[2])
        if task is None or task.status(now) != "SUCCEEDED" or index not in task.good:
            raise ResultRefused(404, "NoSuchKey", "The specified key does not exist.")
        return self._picture(task, index)

    def own(self, url: str, host: str, now: float) -> bytes | None:
        """Return the bytes of one of our own URLs, ``b""`` where it gives none, None for any other host."""
        parts = urlsplit(url)
        if parts.netloc != host or not parts.path.startswith("/results/"):
            return None
        try:
            return self.fetch(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}, now)
        except ResultRefused:
            return b""

    def drop_expired(self, now: float) -> None:
        """Delete pictures and inputs that no task of the last `kept` seconds needs."""
        old = self._store.sweep(now, self._kept)
        if not old:
            return
        for task in old:
            for picture in (self._store.folder / "pictures").glob(f"{task.id}_*.png"):
                picture.unlink(missing_ok=True)
        needed = {name for task in self._store.since(now - self._kept) for name in (*task.images, task.mask)}
        for name in {name for task in old for name in (*task.images, task.mask) if name} - needed:
            (self._store.folder / "inputs" / name).unlink(missing_ok=True)

    def _picture(self, task: Task, index: int) -> bytes:
        path = self._store.folder / "pictures" / f"{task.id}_{index}.png"
        if path.is_file() and (known := path.read_bytes()):
            return known
        data = _drawn(
            _Wanted(
                model=task.model,
                function=task.function,
                prompt=plain(str(task.values.get("prompt", ""))),
                values=json.dumps(task.values, sort_keys=True),
                seed=task.seed + index,
                size=task.size,
                images=tuple(task.images),
                mask=task.mask,
                leak=task.leak or 0,
                moved=task.moved,
                inputs=self._store.folder / "inputs",
            )
        )
        write(path, data)
        return data

    def _sign(self, path: str, expires: int) -> str:
        text = f"GET\n{expires}\n{path}".encode()
        return base64.b64encode(hmac.new(self._store.salt, text, hashlib.sha1).digest()).decode()


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """All that decides a picture; its inputs by their names, which are hashes, so that their folder does not matter."""

    model: str
    function: str | None
    prompt: str
    values: str
    seed: int
    size: str
    images: tuple[str, ...]
    mask: str | None
    leak: int
    moved: str
    coarse: str | None = field(default_factory=partial(os.environ.get, COARSE))
    inputs: Path = field(compare=False)


@lru_cache(maxsize=12)
def _drawn(wanted: _Wanted) -> bytes:
    """Return the picture; who sends the same again and again waits for one drawing."""
    from .drawing.painters import Order, draw  # by whoever draws: a first call does not wait for the painters

    with _at_once:
        return draw(
            Order(
                model=wanted.model,
                function=wanted.function,
                prompt=wanted.prompt,
                values=json.loads(wanted.values),
                seed=wanted.seed,
                size=wanted.size,
                images=tuple(load(wanted.inputs, name) for name in wanted.images),
                mask=load(wanted.inputs, wanted.mask) if wanted.mask else None,
                leak=wanted.leak,
                moved=wanted.moved,
            )
        )
