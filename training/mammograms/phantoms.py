"""Mammograms of nobody to train and measure on. Drawn by all cores, and kept until the generator changes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imaging import phantoms
from training.drawn import KEPT, generator
from training.mammograms.films import Mammograms

BLOCK = 50  # films drawn between two saves


@dataclass(frozen=True)
class PhantomMammograms(Mammograms):
    """Digital phantoms. `films` float16 `[n, h, w]` in [0, 1] and `masks` bool `[n, h, w]`, by `table.position`."""

    films: np.ndarray
    masks: np.ndarray

    def film(self, index: int) -> np.ndarray:
        return self.films[int(self.table.position[index])].astype(np.float32)

    def lesion(self, index: int) -> np.ndarray:
        return self.masks[int(self.table.position[index])]


def mammogram_phantoms(n: int, *, seed: int, size: int = 576, **mix: Any) -> PhantomMammograms:
    """Mammogram phantoms, half of them with a cancer; `mix` as `imaging.phantoms.people` takes it. Seeds of training,
    validation and test must differ.

    Look-alikes of cancers (cysts, lymph nodes, benign calcification) are not marked as lesions.
    """
    people = list(phantoms.people(n, seed=seed, modality="mammogram", **mix))
    name = "-".join([f"{seed}-{n}", *(f"{key}-{value}" for key, value in mix.items())]).replace(" ", "")
    blocks = [_block(people[start : start + BLOCK], f"{name}-{start}", size) for start in range(0, n, BLOCK)]
    films, masks = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    table = pd.DataFrame(people)[["age", "view", "density"]].assign(
        position=range(n),
        patient=[f"phantom {seed}-{index}" for index in range(n)],
        label=[int(person["lesion"] is not None) for person in people],
        located=True,
    )
    table["lesion"] = table.label
    return PhantomMammograms(
        "phantoms", table.label.to_numpy(), table.patient.to_numpy(), table, films, masks.astype(bool)
    )


def joined(cohorts: Sequence[PhantomMammograms]) -> PhantomMammograms:
    """Several cohorts as one, in their order."""
    table = pd.concat([cohort.table for cohort in cohorts], ignore_index=True)
    return PhantomMammograms(
        cohorts[0].name,
        np.concatenate([cohort.labels for cohort in cohorts]),
        np.concatenate([cohort.people for cohort in cohorts]),
        table.assign(position=range(len(table))),
        np.concatenate([cohort.films for cohort in cohorts]),
        np.concatenate([cohort.masks for cohort in cohorts]),
    )


def _block(people: list[dict[str, Any]], name: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    path = KEPT / f"mammograms-{generator('breast')}-{name}-{size}.npz"
    if not path.exists():
        with ProcessPoolExecutor() as pool:
            films, masks = zip(*pool.map(_draw, people, [size] * len(people), chunksize=4), strict=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, films=np.stack(films), masks=np.stack(masks))
    kept = np.load(path)
    return kept["films"], kept["masks"]


def _draw(person: dict[str, Any], size: int) -> tuple[np.ndarray, np.ndarray]:
    phantom = phantoms.draw(person, modality="mammogram", size=size)
    return phantom.pixels.astype(np.float16), phantom.mask
