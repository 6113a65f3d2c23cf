"""Many phantoms with a controlled mix of age, sex, view and disease."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imaging.phantoms.breast.mammogram import mammogram
from imaging.phantoms.dicom import write_dicom
from imaging.phantoms.phantom import Phantom
from imaging.phantoms.thorax.chest import chest

CHILDREN = 0.4  # share of chest patients of 1 to 5 years
PORTABLE = 0.35  # share of AP films among grown chest patients
DRAW = {"chest": chest, "mammogram": mammogram}
DENSITIES = "abcd"
COLUMNS = ["path", "mask", "label", "patient", "age", "sex", "view", "laterality"]
COLUMNS += ["density", "lesion", "place", "variants", "seed"]


def people(
    n: int,
    *,
    seed: int,
    modality: str = "chest",
    prevalence: float = 0.5,
    lesion: str | None = None,
    children: float = CHILDREN,
    densities: tuple[float, float, float, float] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yields the arguments of `chest` or `mammogram` for `n` distinct patients; `round(n · prevalence)` are ill.

    Who is ill is drawn in random order; age, sex, view and everything else on the film without regard to disease.
    `lesion` is what the ill have, "pneumonia" in a chest and "cancer" in a breast if None. Chests: a share `children`
    is 1 to 5 years old and taken AP; the others are 16 to 92, a third AP. Breasts: women of 35 to 90, half of the films
    CC, half of the left side; `densities` are the shares of a to d, by age if None. Raises ValueError for n < 1, an
    unknown modality, a prevalence outside 0 to 1, or densities that do not add up to 1.
    """
    if n < 1:
        raise ValueError(f"expected at least 1 phantom, got {n}")
    if modality not in DRAW:
        raise ValueError(f'expected modality "chest" or "mammogram", got {modality!r}')
    if not 0 <= prevalence <= 1:
        raise ValueError(f"expected prevalence from 0 to 1, got {prevalence}")
    if densities is not None and (min(densities) < 0 or abs(sum(densities) - 1) > 1e-6):
        raise ValueError(f"expected four shares that add up to 1, got {densities}")
    rng = np.random.default_rng(seed)
    diseased = rng.permutation(n) < round(n * prevalence)
    seeds = np.cumsum(rng.integers(1, 2**20, n))  # no two alike
    for sick, own in zip(diseased, seeds, strict=True):
        person = np.random.default_rng([int(own), 1])
        about = _chest_patient(person, children) if modality == "chest" else _woman(person, densities)
        has = lesion or ("pneumonia" if modality == "chest" else "cancer")
        yield {"seed": int(own), **about, "lesion": has if sick else None}


def _chest_patient(person: np.random.Generator, children: float) -> dict[str, Any]:
    small = person.random() < children
    return {
        "view": "AP" if small or person.random() < PORTABLE else "PA",
        "age": int(person.integers(10, 60)) / 10 if small else float(int(person.triangular(16, 58, 92))),
        "sex": str(person.choice(["F", "M"])),
    }


def _woman(person: np.random.Generator, densities: tuple[float, float, float, float] | None) -> dict[str, Any]:
    """Density by age as Sprague (JNCI 2014) counted it in the USA: c or d in 74 % at 40 and 36 % at 75 years."""
    age = float(int(person.triangular(35, 56, 91)))
    view, side = str(person.choice(["CC", "MLO"])), str(person.choice(["L", "R"]))
    old = (min(max(age, 40), 80) - 40) / 40
    young_mix, old_mix = np.array([0.04, 0.22, 0.57, 0.17]), np.array([0.15, 0.53, 0.29, 0.03])
    mix = (1 - old) * young_mix + old * old_mix if densities is None else np.array(densities)
    return {"view": view, "laterality": side, "age": age, "density": str(person.choice(list(DENSITIES), p=mix))}


def cohort(n: int, *, seed: int, modality: str = "chest", size: int = 512, **mix: Any) -> Iterator[Phantom]:
    """Draws `people(n, seed=seed, modality=modality, **mix)` one after another, none kept."""
    for person in people(n, seed=seed, modality=modality, **mix):
        yield draw(person, modality=modality, size=size)


def draw(person: Mapping[str, Any], *, modality: str, size: int, **look: Any) -> Phantom:
    """Draws one of `people`, `size` rows high; `look`: what else `chest` takes (`style`) or `mammogram`. Raises
    ValueError for what they refuse."""
    about = dict(person)
    return DRAW[modality](about.pop("seed"), size=size, **about, **look)


def write_cohort(
    n: int, *, seed: int, directory: str | Path, modality: str = "chest", size: int = 512, **mix: Any
) -> Path:
    """Writes `cohort(...)` as DICOM, lesion masks as PNG (white = lesion) and `cases.csv`; returns the CSV's path.

    Columns: path, mask (empty without a lesion), label, patient, age, sex, view, laterality and density (empty for a
    chest), lesion, place, variants, seed.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "cases.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
        rows.writeheader()
        for number, p in enumerate(cohort(n, seed=seed, modality=modality, size=size, **mix)):
            path, mask = f"{modality}-{number:05d}.dcm", ""
            write_dicom(p, folder / path)
            if p.lesion:
                mask = f"{modality}-{number:05d}-mask.png"
                Image.fromarray(p.mask).save(folder / mask, optimize=True)
            words = {"path": path, "mask": mask, "patient": f"PHANTOM-{p.seed}", "variants": "; ".join(p.variants)}
            rows.writerow(vars(p) | words)
    return table
