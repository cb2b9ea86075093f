"""The folder of saved pictures: save them, read how they were made, find them again."""

from __future__ import annotations

from .actions import Actions
from .chunks import carried_labels, read_record
from .index import Index
from .paste import FEATHER, paste_back, save_pasted
from .picture import Picture, sheet_jpeg
from .record import SCHEMA, Record
from .save import day_folder, save_picture, stem

__all__ = [
    "FEATHER",
    "SCHEMA",
    "Actions",
    "Index",
    "Picture",
    "Record",
    "carried_labels",
    "day_folder",
    "paste_back",
    "read_record",
    "save_pasted",
    "save_picture",
    "sheet_jpeg",
    "stem",
]
