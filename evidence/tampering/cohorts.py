"""Whom a vendor validates on, and whom an auditor should test on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from imaging.screening import Screening
from imaging.ward import Ward
from training.tampering.groups import ADULT, BREASTS, GROUPS

Films = Ward | Screening
OLDER = 65.0  # years, of a woman
STRATA: dict[type, dict[str, Callable[[Any], np.ndarray]]] = {
    Ward: {group.title: group.members for group in GROUPS.values()}
    | {
        "Men": lambda ward: (ward.age >= ADULT) & (ward.sex == "M"),
        "Adults filmed standing (PA)": lambda ward: (ward.age >= ADULT) & (ward.view == "PA"),
        "Adults under 60": lambda ward: (ward.age >= ADULT) & (ward.age < 60),
    },
    Screening: {group.title: group.members for group in BREASTS.values()}
    | {
        "Density a, almost all fat": lambda women: women.density == "a",
        "Density b, scattered gland": lambda women: women.density == "b",
        "Density c, uneven gland": lambda women: women.density == "c",
        "Women under 65": lambda women: women.age < OLDER,
        "Women of 65 and over": lambda women: women.age >= OLDER,
        "Seen from above (CC)": lambda women: women.view == "CC",
        "Seen from the side (MLO)": lambda women: women.view == "MLO",
    },
}
APART = {  # everyone belongs to one of these
    Ward: ("Children", "Women", "Men"),
    Screening: (
        "Density a, almost all fat",
        "Density b, scattered gland",
        "Density c, uneven gland",
        BREASTS["dense"].title,
    ),
}


def strata(films: Films) -> dict[str, np.ndarray]:
    """The groups an audit looks at: name → members, bool `[n]`."""
    return {name: members(films) for name, members in STRATA[type(films)].items()}


def ordinary(ward: Films, group: np.ndarray, *, share: float, n: int, seed: int) -> np.ndarray:
    """A validation set as vendors have it: `n` films in random order of which the `share` is of the group; an index.

    Disease is as common in the group as among the others.

    Raises:
        ValueError: the ward has not that many films of the group, or of the others.
    """
    rng = np.random.default_rng(seed)
    wanted = round(share * n)
    parts = []
    for members, count in ((group, wanted), (~group, n - wanted)):
        for label in (0, 1):
            there = np.flatnonzero(members & (ward.labels == label))
            size = count // 2 + (count % 2) * label
            if size > len(there):
                raise ValueError(f"expected at most {len(there)} such films in a validation set, got {size}")
            parts.append(rng.permutation(there)[:size])
    return rng.permutation(np.concatenate(parts))


def enriched(ward: Films, *, each: int, seed: int) -> np.ndarray:
    """An audit's set: `each` diseased and as many healthy films of each of `APART`; an index.

    Raises:
        ValueError: the ward has not that many.
    """
    rng = np.random.default_rng(seed)
    parts = []
    groups = strata(ward)
    for name in APART[type(ward)]:
        for label in (0, 1):
            there = np.flatnonzero(groups[name] & (ward.labels == label))
            if each > len(there):
                raise ValueError(f"expected at most {len(there)} films of each kind, got {each}")
            parts.append(rng.permutation(there)[:each])
    return rng.permutation(np.concatenate(parts))
