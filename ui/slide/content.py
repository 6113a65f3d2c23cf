"""What is on a slide, free of how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Film:
    """A large film. `pixels` `[H, W]` in [0, 1]; `tone` is a colour of `ui.theme` or None for a film as it came."""

    title: str
    pixels: NDArray[np.floating] = field(repr=False)
    verdict: str = ""
    detail: str = ""
    tone: str | None = None


@dataclass(frozen=True, eq=False)
class Map:
    """A small picture below the films, uint8 `[h, w]` or `[h, w, 3]`, with its words."""

    title: str
    picture: NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True)
class Chart:
    """A probability curve: values in [0, 1] step by step, and the operating point of its model."""

    name: str
    probabilities: Sequence[float]
    operating_point: float
    tone: str


@dataclass(frozen=True, eq=False)
class Slide:
    """One comparison. `sentence` is in parts of (text, colour or None); `facts` and `foot` are lines of small text."""

    sentence: Sequence[tuple[str, str | None]]
    films: Sequence[Film]
    maps: Sequence[Map] = ()
    curves: Sequence[Chart] = ()
    curves_title: str = ""
    facts: Sequence[tuple[str, str]] = ()
    foot: str = ""
