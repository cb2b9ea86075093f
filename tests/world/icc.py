"""Small colour profiles, made by hand: Display P3, a grey of gamma 1.0, and an ink that is browner than Pillow's."""

from __future__ import annotations

import struct

_WHITE = (0.9642, 1.0, 0.8249)
_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
_SRGB = ((0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


def _text(text: str) -> bytes:
    body = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(body)) + body + bytes(78)


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">I4sI", size, b"lcms", 0x02400000) + kind + space + connection
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(*_WHITE) + bytes(48)
    return head + table + body


def _rgb(name: str, primaries: tuple[tuple[float, ...], ...]) -> bytes:
    tags = {b"desc": _text(name), b"wtpt": _xyz(_WHITE)}
    for letter, values in zip(b"rgb", primaries, strict=True):
        tags[bytes([letter]) + b"XYZ"] = _xyz(values)
        tags[bytes([letter]) + b"TRC"] = _gamma(2.2)
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def display_p3() -> bytes:
    return _rgb("Display P3", _P3)


def srgb() -> bytes:
    return _rgb("sRGB IEC61966-2.1", _SRGB)


def grey() -> bytes:
    tags = {b"desc": _text("Linear Grey"), b"wtpt": _xyz(_WHITE), b"kTRC": _gamma(1.0)}
    return _profile(b"mntr", b"GRAY", b"XYZ ", tags)


def ink() -> bytes:
    """Return a CMYK profile whose every ink takes lightness and adds red and yellow."""
    corners = b""
    for number in range(16):
        inks = [number >> shift & 1 for shift in (3, 2, 1, 0)]
        light = max(0, 255 - 60 * sum(inks[:3]) - 150 * inks[3])
        corners += bytes([light, 128 + 10 * sum(inks[:3]), 128 + 12 * sum(inks[:3])])
    ramp = bytes(range(256))
    matrix = _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + ramp * 4 + corners + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"desc": _text("Brown Ink"), b"wtpt": _xyz(_WHITE), b"A2B0": table})
