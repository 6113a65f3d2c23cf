"""Whose films the private models learn from and are measured on. Nothing of these people is ever shipped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from evidence.privacy.results import ADULTS, CHILDREN
from training import data
from training.data import Cohort
from training.private import scattering
from training.private.patients import Patients, Scale, by_patient, films_seen, public_scale

KEPT = Path("runs") / "privacy"  # features of real films stay on the machine that has the films


@dataclass(frozen=True, eq=False)
class Films:
    """Films that a model is measured on, with their features `[n, LENGTH]`."""

    cohort: Cohort
    features: Tensor


@dataclass(frozen=True, eq=False)
class Sets:
    """`people`: the `n` patients of the training set; `viral`: which of their films show a viral pneumonia, bool
    `[n, films]`; `group`: which set each is of, `[n]`; `validation` and `test`: films of others, by set."""

    people: Patients
    viral: np.ndarray
    group: np.ndarray
    validation: dict[str, Films]
    test: dict[str, Films]


def sets(root: Path) -> Sets:
    """Kermany's children and NIH's adults, each split by patient.

    Seventy-six names of Kermany's training patients stand on test films too; those patients are not learned from.
    """
    scale = public_scale()
    tested = data.kermany(root, "test")
    children = data.kermany(root, "train")
    parts = data.split(children, {"train": 0.85, "validation": 0.15})
    known = np.isin(children.people, tested.people)
    trained = {
        CHILDREN: _seen(children.where(parts["train"] & ~known), scale),
        ADULTS: _seen(data.nih(root, "train"), scale),
    }
    cohorts = [films.cohort for films in trained.values()]
    labels = np.concatenate([cohort.labels for cohort in cohorts])
    names = np.concatenate([cohort.people.astype(str) for cohort in cohorts])
    group = np.concatenate([np.full(len(cohort), name) for name, cohort in zip(trained, cohorts, strict=True)])
    shown = np.concatenate([viral(cohort) for cohort in cohorts])
    _, first = np.unique(names, return_index=True)
    return Sets(
        by_patient(torch.cat([films.features for films in trained.values()]), labels, names),
        by_patient(torch.zeros(len(names), 1), shown, names).labels.bool().numpy(),
        group[first],
        {
            CHILDREN: _seen(children.where(parts["validation"] & ~known), scale),
            ADULTS: _seen(data.nih(root, "validation"), scale),
        },
        {CHILDREN: _seen(tested, scale), ADULTS: _seen(data.nih(root, "test"), scale)},
    )


def viral(cohort: Cohort) -> np.ndarray:
    """Which films show a viral pneumonia, as Kermany's file names tell, bool `[n]`."""
    return cohort.table.path.str.contains("_virus_").to_numpy()


def _seen(cohort: Cohort, scale: Scale) -> Films:
    """Computed once, and again when films or features are others."""
    told = "\n".join([Path(scattering.__file__).read_text(encoding="utf-8"), *cohort.table.path])
    path = KEPT / f"{hashlib.sha256(told.encode()).hexdigest()[:12]}.pt"
    if not path.is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        torch.save(films_seen(cohort.stack()), path)
    return Films(cohort, scale(torch.load(path, weights_only=True)))
