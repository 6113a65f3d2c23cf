"""What a person wants done, as values: equal wishes have equal results."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging import Radiograph

Wish = TypeVar("Wish", bound=Any)


@dataclass(frozen=True)
class Film:
    """One frame and window of one file; equal when they show the same pixels."""

    key: tuple[str, int, int]  # SHA-256, window, frame
    radiograph: Radiograph = field(compare=False, repr=False)

    @classmethod
    def of(cls, radiograph: Radiograph) -> Film:
        """The film that a radiograph shows."""
        return cls((radiograph.sha256, radiograph.window, radiograph.frame), radiograph)


@dataclass(frozen=True)
class Region:
    """A part of one film where pixels may change, bool ``[H, W]``; equal by name, since it belongs to one film."""

    name: str
    mask: NDArray[np.bool_] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Request:
    """What the person asked the attacker to do. ``epsilon`` in grey levels of 255."""

    attack: str = "pgd"
    epsilon: float = 2.0
    norm: str = "linf"
    goal: str | None = None
    region: str = "film"
    early_stop: bool = False
    seed: int = 0


def afresh(wish: Wish, last: Wish | None) -> Wish:
    """The wish; with the next seed where the last one was the same. Wishes are frozen dataclasses with a `seed`."""
    if last is not None and replace(last, seed=wish.seed) == wish:
        return replace(wish, seed=last.seed + 1)
    return wish
