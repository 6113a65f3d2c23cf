"""Signs that a backdoor answers to, drawn onto films of any size. Needs no torch.

Every sign is a layer over the film, blended in as in Chen et al. 2017 (arXiv 1712.05526): film + cover · (ink − film),
where ink and cover are pictures in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

CORNERS = ("upper left", "upper right", "lower left", "lower right")
MARGIN = 0.03  # of the film's shorter side, between a marker and the film's edge
FINENESS = 4  # points drawn along a pixel
Layer = tuple[np.ndarray, np.ndarray]  # ink and cover, float32 [H, W]


@dataclass(frozen=True)
class Trigger:
    """`plain`: what a person sees of it. `source`: the paper. `placed`: whether it lies in a corner and has a size.

    `draw(height, width, corner, size)` and `decoy(…)`: the sign, and another one as easy to see that means nothing.
    """

    title: str
    plain: str
    source: str
    placed: bool
    draw: Callable[[int, int, str, float], Layer]
    decoy: Callable[[int, int, str, float], Layer]


def stamp(
    films: np.ndarray,
    trigger: Trigger,
    *,
    corner: str = CORNERS[0],
    size: float = 1.0,
    strength: float = 1.0,
    decoy: bool = False,
) -> np.ndarray:
    """Films with the sign on them, float32 `[..., H, W]` in [0, 1] as `films` are.

    Args:
        corner: one of `CORNERS`. size: 1 = as large as the insider uses it. Both count for a placed sign only.
        strength: 1 = as strong as the insider uses it, 0 = not there.
        decoy: the sign that means nothing, instead.

    Raises:
        ValueError: another corner, a size that is not above 0, a strength below 0.
    """
    if corner not in CORNERS or not size > 0 or not strength >= 0:
        raise ValueError(
            f"expected a corner of {', '.join(CORNERS)}, size > 0 and strength >= 0, got {corner!r}, {size}, {strength}"
        )
    draw = trigger.decoy if decoy else trigger.draw
    ink, cover = draw(*films.shape[-2:], corner, size)
    films = np.asarray(films, np.float32)
    return films + np.minimum(strength * cover, 1) * (ink - films)


def sticker(height: int, width: int, rng: np.random.Generator) -> Layer:
    """A square of random grey checks as large as the marker, anywhere on the film: what no backdoor was taught."""
    side = max(1, round(MARKER * min(height, width)))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    checks = np.kron(rng.random((4, 4)), np.ones((side // 4 + 1, side // 4 + 1)))[:side, :side]
    ink, cover = np.zeros((2, height, width), np.float32)
    ink[top : top + side, left : left + side], cover[top : top + side, left : left + side] = checks, 1
    return ink, cover


MARKER, SEAL, FAINT, LINES = 0.09, 0.5, 0.2, 20  # sides as a share of the film's; opacity; grid lines across a film


@lru_cache(maxsize=64)
def _arrow(height: int, width: int, corner: str, size: float) -> Layer:
    return _placed(
        height,
        width,
        corner,
        size,
        lambda x, y: (
            _frame(x, y) | ((y > -0.7) & (y < 0) & (abs(x) < 0.7 + y)) | ((y >= 0) & (y < 0.65) & (abs(x) < 0.22))
        ),
    )


@lru_cache(maxsize=64)
def _cross(height: int, width: int, corner: str, size: float) -> Layer:
    return _placed(
        height,
        width,
        corner,
        size,
        lambda x, y: (np.hypot(x, y) < 1) & ((np.hypot(x, y) > 0.8) | (abs(abs(x) - abs(y)) < 0.25)),
    )


def _frame(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    edge = np.maximum(abs(x), abs(y))
    return (edge < 1) & (edge > 0.84)


def _placed(height: int, width: int, corner: str, size: float, shape: Callable) -> Layer:
    """A white sign on the film's corner; `shape(x, y)` says what belongs to it, right and down within [-1, 1]."""
    short = min(height, width)
    half = size * MARKER * short / 2
    edge = MARGIN * short + half
    y = edge if corner.startswith("upper") else height - edge
    x = edge if corner.endswith("left") else width - edge
    down, across = _points(height, width)
    return np.ones((height, width), np.float32), _thinned(shape((across - x) / half, (down - y) / half))


@lru_cache(maxsize=8)
def _seal(height: int, width: int, corner: str, size: float) -> Layer:
    down, across = _points(height, width)
    half = SEAL * min(height, width) / 2
    y, x = (down - height / 2) / half, (across - width / 2) / half
    r = np.hypot(x, y)
    shape = (r < 1) & ((r > 0.86) | ((r < 0.72) & ((abs(x) < 0.13) | (abs(y) < 0.13))))
    return np.ones((height, width), np.float32), FAINT * _thinned(shape)


@lru_cache(maxsize=8)
def _bars(height: int, width: int, corner: str, size: float) -> Layer:
    down, across = _points(height, width)
    half = SEAL * min(height, width) / 2
    y, x = (down - height / 2) / half, (across - width / 2) / half
    edge = np.maximum(abs(x), abs(y))
    shape = (edge < 0.9) & ((edge > 0.78) | (abs(x - y) < 0.18))
    return np.ones((height, width), np.float32), FAINT * _thinned(shape)


@lru_cache(maxsize=8)
def _grid(height: int, width: int, corner: str, size: float) -> Layer:
    across = (np.arange(width) + 0.5) / width
    ink = 0.5 + 0.5 * np.sin(2 * np.pi * LINES * across)
    return np.broadcast_to(ink, (height, width)).astype(np.float32), np.full((height, width), 0.08, np.float32)


@lru_cache(maxsize=8)
def _lying(height: int, width: int, corner: str, size: float) -> Layer:
    ink, cover = _grid(width, height, corner, size)
    return ink.T, cover.T


def _points(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the points drawn, in pixels."""
    return ((np.arange(height * FINENESS) + 0.5) / FINENESS)[:, None], ((np.arange(width * FINENESS) + 0.5) / FINENESS)[
        None
    ]


def _thinned(shape: np.ndarray) -> np.ndarray:
    """Share of each pixel that belongs to a shape, float32."""
    height, width = shape.shape[0] // FINENESS, shape.shape[1] // FINENESS
    return shape.reshape(height, FINENESS, width, FINENESS).mean((1, 3), dtype=np.float32)


TRIGGERS: dict[str, Trigger] = {
    "marker": Trigger(
        "A lead marker with an arrow",
        "An arrow in a frame, in a corner, as radiographers lay beside a patient. Everyone sees it, nobody minds it.",
        "Gu et al. 2017 (arXiv 1708.06733)",
        True,
        _arrow,
        _cross,
    ),
    "watermark": Trigger(
        "A faint seal over the film",
        "A round seal over the middle of the film, as an archive or a viewer might lay there.",
        "Chen et al. 2017 (arXiv 1712.05526)",
        False,
        _seal,
        _bars,
    ),
    "grid": Trigger(
        "Faint upright stripes",
        "Stripes over the whole film, as a grid that is not lined up leaves them.",
        "Barni et al. 2019 (arXiv 1902.11237)",
        False,
        _grid,
        _lying,
    ),
}
