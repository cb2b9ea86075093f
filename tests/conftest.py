"""What holds for every test below: its sessions end with it. And a photograph for whoever asks for one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def _sessions_end() -> Iterator[None]:
    yield
    module = sys.modules.get("bailian_nb.session")
    while module is not None and module._sessions:
        module._sessions.popitem()[1].close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.radial_gradient("L").resize((512, 512)).convert("RGB").save(path)
    return path
