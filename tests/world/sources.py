"""The package's own files as syntax trees, read once for all tests that look into them."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import bailian_nb

PACKAGE = Path(bailian_nb.__file__).parent


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def _trees() -> dict[Path, ast.Module]:
    """Read all at once and without a look for garbage, which takes twice as long as reading; none goes through them."""
    gc.disable()
    try:
        return {path: ast.parse(path.read_text(encoding="utf-8")) for path in files()}
    finally:
        gc.freeze()
        gc.enable()


def tree(path: Path) -> ast.Module:
    return _trees()[path]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file's tree in the order of `ast.walk`, but for the contexts of names (Load, Store)."""
    found: list[ast.AST] = [tree(path)]
    for node in found:  # which grows meanwhile
        for name in node._fields:
            if name == "ctx":
                continue
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found.extend(each for each in value if isinstance(each, ast.AST))
    return tuple(found)
