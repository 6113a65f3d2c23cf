"""Real films beside phantoms of the same people: what every measure compares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.phantoms import Phantom

Films = NDArray[np.uint8]
SEED = 20_260_701


@dataclass(frozen=True, eq=False)
class Comparison:
    """Real films beside phantoms, uint8 `[n, side, side]` each, one film a patient.

    Phantom i was drawn for the age, sex, view and label of real film i, as far as its set knows them, so that neither
    the mix of patients nor disease tells the two apart.
    """

    name: str
    real: Films
    drawn: Films


def picture(phantom: Phantom) -> Image.Image:
    """A phantom's film in 8 bits, as the real sets come."""
    return Image.fromarray(np.rint(phantom.pixels * 255).astype(np.uint8))
