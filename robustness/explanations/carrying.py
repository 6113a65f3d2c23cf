"""Whether an attack on one map carries over to another. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustness.saliency.drift import Drift, drift

Word = Literal["yes", "in part", "no"]

MOVED = (0.5, 0.2)  # of the gain of the attacked map that another has to show to have moved too, or in part
KEPT = (0.8, 0.5)  # rank correlation with the map before at which a map was kept, or in part


@dataclass(frozen=True)
class Turned:
    """One map under one attack: how it compares with the map before, on the attacked film and on the control's."""

    attacked: Drift
    control: Drift

    @property
    def gain(self) -> float:
        """By how much the share of the saliency inside the place rose."""
        return self.attacked.inside_after - self.attacked.inside_before

    @property
    def control_gain(self) -> float:
        """By how much it rose on the control's film."""
        return self.control.inside_after - self.control.inside_before


def turned(
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    control: NDArray[np.floating],
    place: NDArray[np.bool_] | None,
) -> Turned:
    """Compare the maps `[H, W]` of one method, none negative. Raises `ValueError` as `drift`."""
    return Turned(drift(before, after, place), drift(before, control, place))


def moved_too(other: Turned, attacked: Turned) -> Word:
    """Whether a map went where the attacked map was sent: by its gain, as a share of the attacked map's.

    No map has moved that gained no more than under random noise of the same size.
    """
    if other.gain <= max(0.0, other.control_gain):
        return "no"
    return _word(other.gain / attacked.gain if attacked.gain > 0 else 0.0, MOVED)


def kept_too(other: Turned) -> Word:
    """Whether a map still shows what it showed before the answer flipped."""
    return _word(other.attacked.spearman, KEPT)


def _word(value: float, borders: tuple[float, float]) -> Word:
    return "yes" if value >= borders[0] else "in part" if value >= borders[1] else "no"


def at_scale(map: NDArray[np.float32], own: float, scale: float) -> NDArray[np.float32]:
    """A map `[H, W]` of one colour scale as it looks on another film's: 1 at `scale` and above."""
    if scale <= 0:
        return map
    return np.clip(map * (own / scale), 0, 1).astype(np.float32)
