"""Many phantoms with a controlled mix of age, sex, view and disease."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imaging.phantoms.dicom import write_dicom
from imaging.phantoms.phantom import Phantom
from imaging.phantoms.thorax.chest import chest

CHILDREN = 0.4  # share of patients of 1 to 5 years
PORTABLE = 0.35  # share of AP films among grown patients


def people(n: int, *, seed: int, prevalence: float = 0.5, children: float = CHILDREN) -> Iterator[dict[str, Any]]:
    """Yields the arguments of `chest` for `n` distinct patients; `round(n · prevalence)`, in random order, are ill.

    Age, sex, view and everything else on the film are drawn without regard to disease. A share `children` is 1 to 5
    years old and taken AP; the others are 16 to 92, a third AP. Raises ValueError for n < 1 or a
    prevalence outside 0 to 1.
    """
    if n < 1:
        raise ValueError(f"expected at least 1 phantom, got {n}")
    if not 0 <= prevalence <= 1:
        raise ValueError(f"expected prevalence from 0 to 1, got {prevalence}")
    rng = np.random.default_rng(seed)
    diseased = rng.permutation(n) < round(n * prevalence)
    seeds = np.cumsum(rng.integers(1, 2**20, n))  # no two alike
    for sick, own in zip(diseased, seeds, strict=True):
        person = np.random.default_rng([int(own), 1])
        small = person.random() < children
        yield {
            "seed": int(own),
            "view": "AP" if small or person.random() < PORTABLE else "PA",
            "age": int(person.integers(10, 60)) / 10 if small else float(int(person.triangular(16, 58, 92))),
            "sex": str(person.choice(["F", "M"])),
            "lesion": "pneumonia" if sick else None,
        }


def cohort(
    n: int, *, seed: int, modality: str = "chest", size: int = 512, prevalence: float = 0.5, children: float = CHILDREN
) -> Iterator[Phantom]:
    """Draws `people(...)` one after another. Raises ValueError for a modality other than "chest"."""
    if modality != "chest":
        raise ValueError(f'expected modality "chest", got {modality!r}')
    for person in people(n, seed=seed, prevalence=prevalence, children=children):
        yield chest(person.pop("seed"), size=size, **person)


def write_cohort(
    n: int, *, seed: int, directory: str | Path, modality: str = "chest", size: int = 512, prevalence: float = 0.5
) -> Path:
    """Writes `cohort(...)` as DICOM, lesion masks as PNG (white = lesion) and `cases.csv`; returns the CSV's path.

    Columns: path, mask (empty without a lesion), label, patient, age, sex, view, lesion, place, variants, seed.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "cases.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["path", "mask", "label", "patient", "age", "sex", "view", "lesion", "place", "variants", "seed"])
        for number, p in enumerate(cohort(n, seed=seed, modality=modality, size=size, prevalence=prevalence)):
            path, mask = f"{modality}-{number:05d}.dcm", ""
            write_dicom(p, folder / path)
            if p.lesion:
                mask = f"{modality}-{number:05d}-mask.png"
                Image.fromarray(p.mask).save(folder / mask, optimize=True)
            patient = f"PHANTOM-{p.seed}"
            about = [p.label, patient, p.age, p.sex, p.view, p.lesion or "", p.place, "; ".join(p.variants), p.seed]
            rows.writerow([path, mask, *about])
    return table
