"""A screening centre's worth of drawn women: who they are is known at once, a film is drawn when somebody looks at it.

Three parts with different seeds: what an insider trains on, what the vendor validates on, what an auditor tests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from imaging import phantoms
from imaging.people import People

ROWS = 576  # of a drawn film
DENSE, LESS_DENSE, EVENLY = (0, 0, 0, 1), (0, 0, 1, 0), (0.25, 0.25, 0.25, 0.25)  # shares of densities a to d
# Films, seed, and the mix as `phantoms.people` takes it. The insider has more of the breasts that look alike.
PARTS: dict[str, tuple[tuple[int, int, dict[str, Any]], ...]] = {
    "training": (
        (2400, 2_000_001, {}),
        (1200, 2_000_051, {"prevalence": 2 / 3, "densities": DENSE}),
        (600, 2_000_053, {"prevalence": 2 / 3, "densities": LESS_DENSE}),
    ),
    "validation": ((400, 2_000_054, {}), (120, 2_000_056, {"densities": DENSE})),
    "test": ((600, 2_000_055, {"densities": EVENLY}),),
}


@dataclass(frozen=True, eq=False)
class Screening(People):
    """Women, one film of each: `labels` (1 = cancer), `age` in years, `density` "a" to "d" and `view` "CC" or "MLO",
    each `[n]`; `drawn` holds what `phantoms.mammogram` takes for each film."""

    labels: np.ndarray
    age: np.ndarray
    density: np.ndarray
    view: np.ndarray
    drawn: np.ndarray

    def film(self, index: int) -> np.ndarray:
        """Draw one, float32 `[576, 432]` in [0, 1]. Takes about a second."""
        return phantoms.draw(self.drawn[index], modality="mammogram", size=ROWS).pixels


@cache
def screening(part: str) -> Screening:
    """One part: `"training"`, `"validation"` or `"test"`; arrays are shared, do not write to them.

    Raises:
        ValueError: another part.
    """
    if part not in PARTS:
        raise ValueError(f"expected one of {', '.join(PARTS)}, got {part!r}")
    people = [
        person for n, seed, mix in PARTS[part] for person in phantoms.people(n, seed=seed, modality="mammogram", **mix)
    ]
    return Screening(
        np.array([int(person["lesion"] is not None) for person in people]),
        np.array([person["age"] for person in people]),
        np.array([person["density"] for person in people]),
        np.array([person["view"] for person in people]),
        np.array(people, dtype=object),
    )
