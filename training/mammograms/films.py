"""The mammograms that recipes train and measure on: films with the places of their lesions. Nothing is ever shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from training.data import SPLIT_SEED, Cohort, MissingDataError

SUSPECT = ("mdb216", "mdb233", "mdb245")  # their coordinates are a note, not numbers
MIAS_SIDE = 1024


class Mammograms(Cohort):
    """A cohort of mammograms; `labels` 1 = suspicious.

    `table` also holds `lesion` (1: any lesion, benign ones too) and `located` (False: a lesion whose place is unknown).
    """

    def lesion(self, index: int) -> np.ndarray:
        """The film's lesions, bool `[H, W]`; all False where there is none or its place is unknown."""
        raise NotImplementedError


class Mias(Mammograms):
    """Screen-film mammograms. `table.circles`: (row, column, radius) of each lesion, in pixels."""

    def lesion(self, index: int) -> np.ndarray:
        rows, columns = np.ogrid[:MIAS_SIDE, :MIAS_SIDE]
        mask = np.zeros((MIAS_SIDE, MIAS_SIDE), bool)
        for row, column, radius in self.table.circles[index]:
            mask |= (rows - row) ** 2 + (columns - column) ** 2 <= radius**2
        return mask


def mias(root: Path) -> Mias:
    """mini-MIAS (Suckling et al. 1994): 322 MLO films of 161 women, both breasts. Suspicious = a malignant lesion.

    Raises:
        MissingDataError: the set is not there.
    """
    folder = root / "mias-1024"
    if not (folder / "labels_converted.csv").is_file():
        raise MissingDataError(f"no mias-1024/labels_converted.csv under {root}")
    entries = pd.read_csv(folder / "labels_converted.csv")
    entries.columns = ["name", "tissue", "kind", "severity", "x", "y", "radius"]
    for column in ("x", "y", "radius"):
        entries[column] = pd.to_numeric(entries[column], errors="coerce")
    table = pd.DataFrame([_film(folder, name, films) for name, films in entries.groupby("name")])
    return Mias("mias", table.label.to_numpy(), table.patient.to_numpy(), table)


def _film(folder: Path, name: str, entries: pd.DataFrame) -> dict[str, object]:
    number = int(name[3:])
    lesions = entries[entries.kind != "NORM"]
    known = lesions.dropna(subset="radius")
    return {
        "path": str(folder / f"{name}.png"),
        "patient": f"woman {(number + 1) // 2}",  # films 2k − 1 and 2k are one woman
        "label": int((lesions.severity == "M").any()),
        "lesion": int(len(lesions) > 0),
        "located": len(known) == len(lesions) and name not in SUSPECT,
        "kind": entries.kind.iloc[0],
        "tissue": entries.tissue.iloc[0],
        # Centres are counted from the bottom left.
        "circles": tuple((MIAS_SIDE - 1 - lesion.y, lesion.x, lesion.radius) for lesion in known.itertuples()),
    }


def folds(cohort: Mammograms, k: int) -> np.ndarray:
    """The fold of each film, `[n]` in 0 … k − 1: by woman, those with cancer and those with other lesions even."""
    women = pd.DataFrame({"woman": cohort.people, "rank": cohort.labels * 2 + cohort.table.lesion})
    rank = women.groupby("woman")["rank"].max()
    rng = np.random.default_rng(SPLIT_SEED)
    dealt = np.concatenate([rng.permutation(rank.index[rank == value].to_numpy(dtype=str)) for value in (3, 1, 0)])
    fold_of = {woman: place % k for place, woman in enumerate(dealt.tolist())}
    return np.array([fold_of[woman] for woman in cohort.people])
