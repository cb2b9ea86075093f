"""A row that is about to be sent, and its request."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from bailian_nb.store.journal import Journal

REQUEST = {"model": "m", "function": None, "values": {"prompt": "花店"}, "images": [], "mask": None}


def intend(journal: Journal, name: str = "a", data: bytes = b"", at: float = 1.0, **more: Any) -> None:
    digest = hashlib.sha256(data).hexdigest()
    journal.intend(
        id=name,
        account="acc",
        base_url="http://x",
        emulator=False,
        region="cn-beijing",
        request={
            **REQUEST,
            "values": {**REQUEST["values"], "name": name},
            "images": [{"sha256": digest}] if data else [],
        },
        out_dir=Path("out"),
        created=at,
        inputs={digest: data} if data else {},
        **more,
    )
