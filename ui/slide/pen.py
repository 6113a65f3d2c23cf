"""Text on a picture in the product's typeface."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from PIL import ImageDraw, ImageFont

Face = ImageFont.FreeTypeFont

ARROW, ARROW_WIDTH = "→", 0.92  # in heights of the type
FONT = Path(__file__).parents[2] / "static" / "fonts" / "ibm-plex-sans.woff2"


@functools.cache
def font(size: int, weight: int = 400) -> Face:
    """IBM Plex Sans, `size` in pixels, `weight` from 100 to 700."""
    face = ImageFont.truetype(FONT, size)
    face.set_variation_by_axes([weight])
    return face


def line_width(text: str, face: Face) -> float:
    """Of a line of text, in pixels."""
    parts = text.split(ARROW)
    return sum(face.getlength(part) for part in parts) + (len(parts) - 1) * ARROW_WIDTH * face.size


def write(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, color: str, face: Face) -> None:
    """One line of text; arrows are drawn, since the typeface has none."""
    x, y = place
    for index, part in enumerate(text.split(ARROW)):
        if index:
            _arrow(draw, x, y, color, face.size)
            x += ARROW_WIDTH * face.size
        draw.text((x, y), part, color, face)
        x += face.getlength(part)


def _arrow(draw: ImageDraw.ImageDraw, x: float, y: float, color: str, size: float) -> None:
    middle, tip, stroke = y + 0.68 * size, x + 0.84 * size, max(1, round(size / 13))
    draw.line((x + 0.08 * size, middle, tip, middle), color, stroke)
    for side in (-1, 1):
        draw.line((tip - 0.26 * size, middle + side * 0.22 * size, tip, middle), color, stroke)


def fitted(text: str, face: Face, room: float) -> str:
    """The text, its end cut off with an ellipsis where it is wider than `room` pixels."""
    if line_width(text, face) <= room:
        return text
    while text and line_width(text + "…", face) > room:
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
            write(draw, (x, top + row * leading), word, color, face)
            x += line_width(word + " ", face)


def _lines(words: list[tuple[str, str]], face: Face, room: float) -> list[list[tuple[str, str]]]:
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for word, color in words:
        if lines[-1] and used + line_width(word, face) > room:
            lines.append([])
            used = 0.0
        lines[-1].append((word, color))
        used += line_width(word + " ", face)
    return lines
