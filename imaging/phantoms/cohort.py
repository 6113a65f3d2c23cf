"""Many phantoms with a controlled mix of age, sex, view and disease."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from imaging.phantoms.chest import ChestPhantom, chest

CHILDREN = 0.4  # share of patients of 1 to 5 years
PORTABLE = 0.35  # share of AP films among grown patients


def cohort(
    n: int, *, seed: int, modality: str = "chest", size: int = 512, prevalence: float = 0.5, children: float = CHILDREN
) -> Iterator[ChestPhantom]:
    """Yields `n` phantoms of distinct patients; `round(n · prevalence)` of them, in random order, have pneumonia.

    Age, sex, view and everything else on the film are drawn without regard to disease. A share `children` is 1 to 5
    years old and taken AP; the others are 16 to 92, a third AP. Raises ValueError for a modality other than "chest".
    """
    if modality != "chest":
        raise ValueError(f'expected modality "chest", got {modality!r}')
    if not 0 <= prevalence <= 1:
        raise ValueError(f"expected prevalence from 0 to 1, got {prevalence}")
    rng = np.random.default_rng(seed)
    diseased = rng.permutation(n) < round(n * prevalence)
    seeds = rng.integers(0, 2**31, n)
    for sick, own in zip(diseased, seeds, strict=True):
        person = np.random.default_rng([int(own), 1])
        small = person.random() < children
        age = round(float(person.uniform(1, 6)) if small else float(person.triangular(16, 58, 92)), 1)
        yield chest(
            int(own),
            size=size,
            view="AP" if small or person.random() < PORTABLE else "PA",
            age=age if small else float(int(age)),
            sex=str(person.choice(["F", "M"])),
            lesion="pneumonia" if sick else None,
        )
