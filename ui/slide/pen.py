"""Text on a picture in the product's typeface."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from PIL import ImageDraw, ImageFont

FONT = Path(__file__).parents[2] / "static" / "fonts" / "ibm-plex-sans.woff2"


@functools.cache
def font(size: int, weight: int = 400) -> ImageFont.FreeTypeFont:
    """IBM Plex Sans, `size` in pixels, `weight` from 100 to 700."""
    face = ImageFont.truetype(FONT, size)
    face.set_variation_by_axes([weight])
    return face


def fitted(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """The text, its end cut off with an ellipsis where it is wider than `width` pixels."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def flow(
    draw: ImageDraw.ImageDraw,
    parts: Sequence[tuple[str, str]],
    box: tuple[int, int, int, int],
    *,
    largest: int,
    weight: int = 450,
) -> None:
    """Set coloured parts of one text into a box (left, top, right, bottom), as large as it fits up to `largest`."""
    left, top, right, bottom = box
    words = [(word, color) for text, color in parts for word in text.split()]
    for size in range(largest, 11, -2):
        face, leading = font(size, weight), round(size * 1.28)
        lines = _lines(words, face, right - left)
        if len(lines) * leading <= bottom - top:
            break
    for row, line in enumerate(lines):
        x = float(left)
        for word, color in line:
            draw.text((x, top + row * leading), word, color, face)
            x += face.getlength(word + " ")


def _lines(words: list[tuple[str, str]], face: ImageFont.FreeTypeFont, width: float) -> list[list[tuple[str, str]]]:
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for word, color in words:
        length = face.getlength(word + " ")
        if lines[-1] and used + face.getlength(word) > width:
            lines.append([])
            used = 0.0
        lines[-1].append((word, color))
        used += length
    return lines
