"""The package's own files as syntax trees, read once for all tests that look into them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import bailian_nb

PACKAGE = Path(bailian_nb.__file__).parent


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file's tree, as `ast.walk` gives them."""
    return tuple(ast.walk(tree(path)))
