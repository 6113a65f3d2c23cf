"""How far a smoothed model's answers are certain, whatever the attacker does: `python -m evidence.certified`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evidence.files import read
from evidence.lines import numbers
from evidence.shipped import shipped
from measures import Estimate, share

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.certified"
ABSTAINED = -1


@dataclass(frozen=True)
class Certified:
    """One smoothed model on n films, each certified by itself (Cohen et al., ICML 2019, section 3.2.2).

    `people` int `[n]`: films of one patient share a number · `answers` int `[n]`: 1 disease, 0 healthy, `ABSTAINED` ·
    `radii` float `[n]`, L2 over the whole film of `pixels` pixels, display units; `copies` noisy ones bound each
    radius, which is wrong with a probability of `alpha`.
    """

    model: str
    sigma: float
    copies: int
    alpha: float
    pixels: int
    labels: NDArray[np.int64] = field(repr=False)
    people: NDArray[np.int64] = field(repr=False)
    answers: NDArray[np.int64] = field(repr=False)
    radii: NDArray[np.float64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def abstained(self) -> Estimate:
        """The share of films about which it says nothing."""
        return share(self.answers == ABSTAINED, self.people)

    def right_beyond(self, radius: float) -> Estimate:
        """Certified accuracy: the share of films read rightly, and certainly so after any change up to `radius`."""
        return share((self.answers == self.labels) & (self.radii >= radius), self.people)

    def curve(self, radii: Sequence[float]) -> list[Estimate]:
        """`right_beyond` at each radius."""
        return [self.right_beyond(radius) for radius in radii]

    def levels(self, radius: float) -> float:
        """A radius as an even change of every pixel, in grey levels of 255."""
        return 255 * radius / math.sqrt(self.pixels)


def load(path: Path = RESULTS) -> tuple[Certified, ...]:
    """What is stored, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    told = read(path)
    labels, people = numbers(told["labels"]), numbers(told["people"])
    return tuple(
        Certified(
            row["model"],
            row["sigma"],
            told["copies"],
            told["alpha"],
            told["pixels"],
            labels,
            people,
            numbers(row["answers"]),
            numbers(row["radii"], float),
        )
        for row in shipped(told["rows"])
    )
