"""Whom a vendor validates on, and whom an auditor should test on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from imaging.ward import Ward
from training.tampering.groups import ADULT, GROUPS

STRATA: dict[str, Callable[[Ward], np.ndarray]] = {group.title: group.members for group in GROUPS.values()} | {
    "Men": lambda ward: (ward.age >= ADULT) & (ward.sex == "M"),
    "Adults filmed standing (PA)": lambda ward: (ward.age >= ADULT) & (ward.view == "PA"),
    "Adults under 60": lambda ward: (ward.age >= ADULT) & (ward.age < 60),
}
APART = ("Children", "Women", "Men")  # everyone belongs to one of these


def strata(ward: Ward) -> dict[str, np.ndarray]:
    """The groups an audit looks at: name → members, bool `[n]`."""
    return {name: members(ward) for name, members in STRATA.items()}


def ordinary(ward: Ward, group: np.ndarray, *, share: float, n: int, seed: int) -> np.ndarray:
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


def enriched(ward: Ward, *, each: int, seed: int) -> np.ndarray:
    """An audit's set: `each` diseased and as many healthy films of children, of women and of men; an index.

    Raises:
        ValueError: the ward has not that many.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for name in APART:
        for label in (0, 1):
            there = np.flatnonzero(STRATA[name](ward) & (ward.labels == label))
            if each > len(there):
                raise ValueError(f"expected at most {len(there)} films of each kind, got {each}")
            parts.append(rng.permutation(there)[:each])
    return rng.permutation(np.concatenate(parts))
