"""What each defence does with a film, as a picture: from the film to the answer, box by box."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from ui.drawing import svg

Steps = tuple[tuple[str, ...], ...]  # from left to right; what stands in one step happens side by side
READS, ANSWERS, REFERS = ("model",), ("answer",), ("yes: answer", "no: radiologist")
STEPS: dict[str, Steps] = {
    "jpeg": (("film",), ("saved as JPEG",), READS, ANSWERS),
    "median": (("film",), ("median of 3 × 3",), READS, ANSWERS),
    "bit_depth": (("film",), ("16 grey levels",), READS, ANSWERS),
    "total_variation": (("film",), ("smoothed",), READS, ANSWERS),
    "denoiser": (("film",), ("second network",), READS, ANSWERS),
    "ensemble": (("film",), ("model", "its twin"), ("mean",), ANSWERS),
    "smoothing": (("film",), ("+ noise", "+ other noise"), READS, ("mean",), ANSWERS),
    "squeezing": (("film",), ("as it is", "washed"), READS, ("alike?",), REFERS),
    "features": (("film",), READS, ("seen before?",), REFERS),
    "unsure": (("film",), READS, ("sure?",), REFERS),
}
LETTER, INSIDE, HEIGHT = 6.4, 14, 22  # widths of a letter and of a box beyond its words; height of a box
BETWEEN, BELOW = 18, 6  # boxes
WIDTH = 400  # of every picture, so that all are of one scale


def picture_svg(name: str) -> str:
    """The way of a film through one defence, by its name in `DEFENCES`."""
    steps = STEPS[name]
    rows = max(map(len, steps))
    height = rows * HEIGHT + (rows - 1) * BELOW + 2
    boxes: list[list[tuple[float, float, float]]] = []  # of each step: left, right and middle height
    parts, left = [], 1.0
    for step in steps:
        width = INSIDE + LETTER * max(map(len, step))
        top = (height - len(step) * HEIGHT - (len(step) - 1) * BELOW) / 2
        middles = [top + HEIGHT / 2 + place * (HEIGHT + BELOW) for place in range(len(step))]
        boxes.append([(left, left + width, middle) for middle in middles])
        for text, middle in zip(step, middles, strict=True):
            parts.append(
                f'<rect class="box" x="{left:.1f}" y="{middle - HEIGHT / 2:.1f}" width="{width:.1f}" '
                f'height="{HEIGHT}" rx="3"/><text x="{left + width / 2:.1f}" y="{middle + 4:.1f}" '
                f'text-anchor="middle">{escape(text)}</text>'
            )
        left += width + BETWEEN
    for here, there in pairwise(boxes):
        parts += [
            f'<line class="grid" x1="{right:.1f}" y1="{y:.1f}" x2="{start:.1f}" y2="{end:.1f}"/>'
            for _, right, y in here
            for start, _, end in there
        ]
    return svg(parts, (WIDTH, height), _words(steps), "way")


def _words(steps: Sequence[Sequence[str]]) -> str:
    return ", then ".join(" and ".join(step) for step in steps)
