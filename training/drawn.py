"""Cohorts of digital phantoms to train and measure on. Drawn by all cores, and kept until the generator changes."""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from imaging import phantoms
from imaging.phantoms import PRESENT, Style
from training.data import Cohort

KEPT = Path("runs")


@dataclass(frozen=True)
class PhantomCohort(Cohort):
    """Digital phantoms; `films` float16 `[n, H, W]` in [0, 1], in the table's order of `position`."""

    films: np.ndarray

    def film(self, index: int) -> np.ndarray:
        return self.films[int(self.table.position[index])].astype(np.float32)


def chest_phantoms(
    n: int, *, seed: int, lesion: str = "pneumonia", style: Style = PRESENT, size: int = 256
) -> PhantomCohort:
    """Chest phantoms, half of them with the lesion. Seeds of training, validation and test must differ."""
    people = list(phantoms.people(n, seed=seed, lesion=lesion))
    path = KEPT / f"phantoms-{generator('thorax')}-{style.name}-{lesion.split()[0]}-{seed}-{n}-{size}.npy"
    if not path.exists():
        with ProcessPoolExecutor() as pool:
            films = np.stack(list(pool.map(partial(_draw, style=style, size=size), people, chunksize=8)))
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, films)
    table = pd.DataFrame(people)[["age", "sex", "view"]].assign(
        position=range(n),
        patient=[f"phantom {seed}-{index}" for index in range(n)],
        label=[int(person["lesion"] is not None) for person in people],
    )
    return PhantomCohort("phantoms", table.label.to_numpy(), table.patient.to_numpy(), table, np.load(path))


def _draw(person: dict[str, Any], *, style: Style, size: int) -> np.ndarray:
    return phantoms.draw(person, modality="chest", size=size, style=style).pixels.astype(np.float16)


def generator(room: str) -> str:
    """Names the code of one `room` of phantoms ("thorax", "breast") and what rooms share: other code, other films."""
    folder = Path(phantoms.__file__).parent
    sources = sorted((*folder.glob("*.py"), *(folder / room).rglob("*.py")))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
