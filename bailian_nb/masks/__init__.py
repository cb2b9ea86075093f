"""Masks: where an edit may paint, as users build them in code and as the painter gives them."""

from __future__ import annotations

from .mask import Mask

__all__ = ["Mask"]
