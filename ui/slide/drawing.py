"""Drawing a slide: sentence on top, films at their own pixels, why and how below, and what it is not at the foot."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from ui.charts import name_places
from ui.slide.content import Chart, Film, Map, Slide
from ui.slide.pen import fitted, flow, font, line_width, write

SIZE = (1920, 1080)
EDGE, GAP = 72, 28
PAPER, INK, QUIET, LINE = "#0a0d10", "#e6ebef", "#9aa5af", "#27303a"
FILMS_TOP, FILM_HEIGHT = 232, 512
BELOW_TOP, BELOW_BOTTOM = 828, 1012
SMOOTH = 4  # curves are drawn this many times larger and averaged


def png(slide: Slide) -> bytes:
    """The slide as PNG, 1920 × 1080. Raises `ValueError` for more than three films."""
    if not 1 <= len(slide.films) <= 3:
        raise ValueError(f"expected 1 to 3 films, got {len(slide.films)}")
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    flow(draw, [(text, color or INK) for text, color in slide.sentence], (EDGE, 48, SIZE[0] - EDGE, 180), largest=48)
    width = (SIZE[0] - 2 * EDGE - 2 * GAP) // 3
    for index, film in enumerate(slide.films):
        _film(picture, draw, film, EDGE + index * (width + GAP), width)
    left = EDGE
    for entry in slide.maps:
        left += _map(picture, draw, entry, left) + GAP
    facts = SIZE[0] - EDGE - 440
    if slide.curves:
        _curves(picture, draw, slide, (left, BELOW_TOP, facts - 2 * GAP, BELOW_BOTTOM))
    for row, (name, value) in enumerate(slide.facts):
        y = BELOW_TOP + row * 29
        face = font(20, 500)
        write(draw, (SIZE[0] - EDGE - line_width(value, face), y), value, INK, face)
        write(draw, (facts, y), fitted(name, font(20), 424 - line_width(value, face)), QUIET, font(20))
    draw.line((EDGE, 1028, SIZE[0] - EDGE, 1028), LINE)
    flow(draw, [(slide.foot, QUIET)], (EDGE, 1038, SIZE[0] - EDGE, 1064), largest=20, weight=400)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def faithful(pixels: np.ndarray, width: int, height: int) -> Image.Image:
    """A film `[H, W]` in [0, 1] within width × height: whole repeats of each pixel, or averages over areas.

    A film that fits shows its own 8-bit grey levels at an integer magnification; nothing is sharpened or smoothed.
    """
    rows, columns = pixels.shape
    times = min(width // columns, height // rows)
    if times >= 1:
        grey = np.rint(pixels * 255).astype(np.uint8)
        return Image.fromarray(np.kron(grey, np.ones((times, times), np.uint8)))
    share = min(width / columns, height / rows)
    size = (max(1, int(columns * share)), max(1, int(rows * share)))
    averaged = Image.fromarray(np.asarray(pixels, np.float32)).resize(size, Image.Resampling.BOX)
    return Image.fromarray(np.rint(np.asarray(averaged) * 255).astype(np.uint8))


def _film(picture: Image.Image, draw: ImageDraw.ImageDraw, film: Film, left: int, width: int) -> None:
    shown = faithful(film.pixels, width, FILM_HEIGHT)
    top = FILMS_TOP + FILM_HEIGHT - shown.height
    picture.paste(shown, (left, top))
    write(draw, (left, top - 34), fitted(film.title, font(23, 500), width), film.tone or INK, font(23, 500))
    write(draw, (left, FILMS_TOP + FILM_HEIGHT + 10), film.verdict, film.tone or INK, font(34, 600))
    used = line_width(film.verdict + "  ", font(34, 600)) if film.verdict else 0
    lines = film.detail.split(" · ")
    for row, line in enumerate(lines):
        y = FILMS_TOP + FILM_HEIGHT + (24 if len(lines) == 1 else 8 + 25 * row)
        write(draw, (left + used, y), fitted(line, font(20), width - used), QUIET, font(20))


def _map(picture: Image.Image, draw: ImageDraw.ImageDraw, entry: Map, left: int) -> int:
    shown = Image.fromarray(entry.picture)
    height = BELOW_BOTTOM - BELOW_TOP - 28
    shown = shown.resize((round(height * shown.width / shown.height), height), Image.Resampling.LANCZOS)
    picture.paste(shown, (left, BELOW_TOP))
    write(draw, (left, BELOW_BOTTOM - 24), fitted(entry.title, font(18), shown.width + GAP - 6), QUIET, font(18))
    return shown.width


def _curves(picture: Image.Image, draw: ImageDraw.ImageDraw, slide: Slide, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    left, bottom = left + 62, bottom - 28
    sheet = Image.new("RGB", ((right - left) * SMOOTH, (bottom - top) * SMOOTH), PAPER)
    pen = ImageDraw.Draw(sheet)
    last = max(1, *(len(curve.probabilities) - 1 for curve in slide.curves))
    for share in (0, 0.5, 1):
        pen.line((0, (1 - share) * (sheet.height - 1), sheet.width, (1 - share) * (sheet.height - 1)), LINE, SMOOTH)
    for curve in slide.curves:
        _curve(pen, curve, sheet.size, last)
    picture.paste(sheet.resize((right - left, bottom - top), Image.Resampling.BOX), (left, top))
    for share, word in ((0, "0 %"), (0.5, "50 %"), (1, "100 %")):
        y = top + (1 - share) * (bottom - top) - 11
        write(draw, (left - 10 - line_width(word, font(17)), y), word, QUIET, font(17))
    write(draw, (left, bottom + 4), fitted(slide.curves_title, font(18), right - left), QUIET, font(18))
    steps = [len(curve.probabilities) - 1 for curve in slide.curves]
    ends = [
        (left + step / last * (right - left), top + (1 - curve.probabilities[-1]) * (bottom - top))
        for step, curve in zip(steps, slide.curves, strict=True)
    ]
    for curve, (x, y, side) in zip(slide.curves, name_places(ends, right - 130, bottom - 4, line=22), strict=True):
        start = x if side == "start" else x - line_width(curve.name, font(18, 600)) - 4
        write(draw, (start, y - 19), curve.name, curve.tone, font(18, 600))


def _curve(pen: ImageDraw.ImageDraw, curve: Chart, size: tuple[int, int], last: int) -> None:
    width, height = size
    border = (1 - curve.operating_point) * height
    for x in range(0, width, 14 * SMOOTH):
        pen.line((x, border, x + 6 * SMOOTH, border), curve.tone, SMOOTH)
    reach = [step / last * width for step in range(len(curve.probabilities))]
    points = [(x, (1 - p) * (height - 1)) for x, p in zip(reach, curve.probabilities, strict=True)]
    pen.line(points if len(points) > 1 else points * 2, curve.tone, 3 * SMOOTH, joint="curve")
