"""Whether a model of the zoo resists or only hides its gradient, as its card tells it: `python -m evidence.masking`."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evidence.files import read
from evidence.shipped import shipped
from measures import Estimate

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.masking"


@dataclass(frozen=True)
class Sign:
    """One check of `robustness.masking`: what should hold, whether it does, the shares of films it compares, and how
    many films only what should be weaker flipped."""

    name: str
    held: bool
    stronger: Estimate
    weaker: Estimate
    missed: int


@dataclass(frozen=True)
class Checked:
    """All checks of one model at one budget, in grey levels of 255; `surface` float `[side, side]` is the attacker's
    lead around one film, below 0 where the film is still read rightly."""

    model: str
    set: str
    level: float
    signs: tuple[Sign, ...]
    surface: NDArray[np.float64] = field(compare=False, repr=False)

    @property
    def honest(self) -> bool:
        """Whether no check found a sign of masking."""
        return all(sign.held for sign in self.signs)


@functools.cache
def load(path: Path = RESULTS) -> dict[str, Checked]:
    """What is stored by model, less what was measured on other weights than the zoo holds now."""
    if not path.is_file():
        return {}
    rows = read(path)["rows"]
    return {
        row["model"]: Checked(row["model"], row["set"], row["level"], _signs(row["signs"]), np.array(row["surface"]))
        for row in shipped(rows)
    }


def _signs(rows: list[dict]) -> tuple[Sign, ...]:
    return tuple(
        Sign(row["name"], row["held"], Estimate(**row["stronger"]), Estimate(**row["weaker"]), row["missed"])
        for row in rows
    )
