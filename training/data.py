"""The real sets that recipes train and measure on, split by patient. Nothing here is ever shipped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

SIZE = 192  # side of the films that training draws from, in pixels; a little more than the networks take
SPLIT_SEED = 20260101
GROUPS = ("sex", "view", "density", "tissue")


class MissingDataError(FileNotFoundError):
    """A set is not on this machine; the message says which and how to point to it."""


@dataclass(frozen=True)
class Cohort:
    """Films of one set with what is known of each. Arrays share their first axis n.

    `labels` 1 = pneumonia; `people` names the patient, so that nobody lands on both sides of a split; `table` holds
    the rest (sex, age, view, path) where the set has it.
    """

    name: str
    labels: np.ndarray
    people: np.ndarray
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, chosen: np.ndarray) -> Cohort:
        """The part that a boolean array or an index chooses."""
        table = self.table[chosen] if chosen.dtype == bool else self.table.iloc[chosen]
        return replace(self, labels=self.labels[chosen], people=self.people[chosen], table=table.reset_index(drop=True))

    def evenly(self, n: int | None) -> Cohort:
        """So many of its films, drawn evenly; all for None or where it has no more."""
        return self if n is None else self.where(self.places(n))

    def places(self, n: int) -> np.ndarray:
        """Where so many of its films lie that are drawn evenly."""
        return np.unique(np.linspace(0, len(self) - 1, n).astype(int))

    def film(self, index: int) -> np.ndarray:
        """One film as its file holds it, float32 `[H, W]` in [0, 1]."""
        return np.asarray(Image.open(self.table.path[index]).convert("L"), dtype=np.float32) / 255

    def stack(self, size: int = SIZE) -> np.ndarray:
        """All films brought to `[n, size, size]`, uint8. The films of these sets are square already."""
        films = np.empty((len(self), size, size), np.uint8)
        for index in range(len(self)):
            picture = Image.fromarray(np.rint(self.film(index) * 255).astype(np.uint8))
            films[index] = np.asarray(picture.resize((size, size), Image.Resampling.BOX, reducing_gap=None))
        return films


def data_root(given: str | Path | None = None) -> Path:
    """The folder of the sets: `given`, else `READING_ROOM_DATA`, else `../shared/data` beside the project.

    Raises:
        MissingDataError: the folder is not there.
    """
    root = Path(given or os.environ.get("READING_ROOM_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not root.is_dir():
        raise MissingDataError(
            f"no data at {root}: pass --data or set READING_ROOM_DATA to the folder with the image sets"
        )
    return root


def kermany(root: Path, part: str) -> Cohort:
    """Chest films of children of 1–5 years (Kermany et al. 2018), `part` = `"train"` or `"test"` as published."""
    rows = [
        {"path": str(path), "label": int(folder == "PNEUMONIA"), "patient": _kermany_patient(path.name)}
        for folder in ("NORMAL", "PNEUMONIA")
        for path in sorted((root / "kermany-224" / part / folder).glob("*.jpeg"))
    ]
    if not rows:
        raise MissingDataError(f"no kermany-224/{part} under {root}")
    return _cohort("kermany", pd.DataFrame(rows))


def _kermany_patient(name: str) -> str:
    found = re.match(r"(person\d+|(?:NORMAL2-)?IM-\d+)", name)
    if found is None:
        raise ValueError(f"expected a Kermany file name, got {name}")
    return found[1]


def nih(root: Path, part: str | None) -> Cohort:
    """Chest films, mostly of adults (Wang et al. 2017), in patient-wise parts `"train"`, `"validation"`, `"test"`; all
    of them, as published, for None: whoever trained on none may be judged by all.

    Labels were mined from reports. From the training part only, films are left out where the radiologists of the RSNA
    challenge saw the opposite; validation and test keep every label as published.
    """
    cohort = _nih(root)
    if part is None:
        return cohort
    cohort = cohort.where(split(cohort, {"train": 0.6, "validation": 0.15, "test": 0.25})[part])
    if part == "train":
        opposite = ((cohort.labels == 1) & (cohort.table.rsna == "Normal")) | (
            (cohort.labels == 0) & (cohort.table.rsna == "Lung Opacity")
        )
        cohort = cohort.where(~opposite.to_numpy())
    return cohort


def reread(root: Path) -> Cohort:
    """Films of that set, of all its parts, that those radiologists found normal or with an opacity (1); their word
    is the label. Of most of them a report had said pneumonia."""
    cohort = _nih(root)
    cohort = cohort.where(cohort.table.rsna.isin(["Normal", "Lung Opacity"]).to_numpy())
    table = cohort.table.assign(label=(cohort.table.rsna == "Lung Opacity").astype(int))
    return _cohort("nih, read again", table)


def _nih(root: Path) -> Cohort:
    path = root / "nih-512" / "cases.csv"
    if not path.is_file():
        raise MissingDataError(f"no nih-512/cases.csv under {root}")
    table = pd.read_csv(path)
    table["path"] = [str(path.parent / entry) for entry in table.path]
    table["label"] = (table.label == "pneumonia").astype(int)
    table["patient"] = table.patient.astype(str)
    return _cohort("nih", table)


def split(cohort: Cohort, shares: dict[str, float]) -> dict[str, np.ndarray]:
    """Boolean choices of a cohort by patient, in the given shares; people with disease are spread evenly."""
    people = pd.DataFrame({"person": cohort.people, "label": cohort.labels}).groupby("person").label.max()
    rng = np.random.default_rng(SPLIT_SEED)
    part_of: dict[str, str] = {}
    for label in (0, 1):
        group = rng.permutation(np.sort(people.index[people == label].to_numpy(dtype=str)))
        edges = np.rint(np.cumsum(list(shares.values())) * len(group)).astype(int)
        for name, members in zip(shares, np.split(group, edges[:-1]), strict=True):
            part_of |= dict.fromkeys(members.tolist(), name)
    parts = np.array([part_of[str(person)] for person in cohort.people])
    return {name: parts == name for name in shares}


def groups(cohort: Cohort) -> Iterable[tuple[str, np.ndarray]]:
    """The groups that figures are reported for: everyone, then those of `GROUPS` and age bands that the set knows."""
    yield "all", np.ones(len(cohort), bool)
    table = cohort.table
    for name in GROUPS:
        if name in table:
            for value in sorted(table[name].dropna().unique()):
                yield f"{name} {value}", (table[name] == value).to_numpy()
    if "age" in table:
        for low, high in ((0, 18), (18, 40), (40, 60), (60, 120)):
            yield (
                f"age {low}–{high - 1}" if high < 120 else f"age {low}+",
                table.age.between(low, high - 0.001).to_numpy(),
            )


def _cohort(name: str, table: pd.DataFrame) -> Cohort:
    return Cohort(name, table.label.to_numpy(), table.patient.to_numpy(), table)
