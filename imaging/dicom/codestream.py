"""What a compressed frame says of its own size, so that a lie is found before a codec takes memory for it."""

from __future__ import annotations

import struct

from pydicom.encaps import get_frame

JPEG_START, JPEG2000_START = b"\xff\xd8", b"\xff\x4f\xff\x51"
FRAME_HEADERS = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}  # SOF0–15, SOF55


def declared_size(pixel_data: bytes, frame: int, frames: int) -> tuple[int, int, int] | None:
    """Rows, columns and components in the header of a JPEG, JPEG-LS or JPEG 2000 frame; None for other codecs."""
    stream = get_frame(pixel_data, frame, number_of_frames=frames)
    start = stream.find(JPEG2000_START, 0, 4096)
    if start >= 0:
        right, bottom, left, top = struct.unpack_from(">4I", stream, start + 8)
        (components,) = struct.unpack_from(">H", stream, start + 40)
        return bottom - top, right - left, components
    return _jpeg_size(stream) if stream.startswith(JPEG_START) else None


def _jpeg_size(stream: bytes) -> tuple[int, int, int] | None:
    position = 2
    while position + 10 <= len(stream):
        if stream[position] != 0xFF:
            return None
        marker = stream[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker in FRAME_HEADERS:
            return struct.unpack_from(">HHB", stream, position + 5)
        (length,) = struct.unpack_from(">H", stream, position + 2)
        position += 2 + length
    return None
