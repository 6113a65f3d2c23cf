"""Films as the private recipe takes them: all of one patient together, for the promise is made to patients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from imaging.ward import ward
from training.private.scattering import scatter

MOST = 4  # films of a patient that take part; the first ones
PUBLIC = "validation"  # the part of the bundled ward that features are scaled by; nobody is in it
BATCH = 16
SMALLEST_SPREAD = 0.1  # of a feature among the phantoms, lest a flat one be blown up


@dataclass(frozen=True, eq=False)
class Patients:
    """`features` `[n, films, LENGTH]`, `labels` and `weights` `[n, films]`; a patient's weights add up to one, and a
    film that is only there to fill up the row has none."""

    features: Tensor
    labels: Tensor
    weights: Tensor

    def __len__(self) -> int:
        return len(self.features)

    def where(self, chosen: np.ndarray) -> Patients:
        """The patients that a boolean array or an index chooses."""
        picked = torch.from_numpy(chosen)
        return Patients(self.features[picked], self.labels[picked], self.weights[picked])


@dataclass(frozen=True, eq=False)
class Scale:
    """Brings each feature to the mean and spread that it has on phantoms, and a typical film to length one."""

    mean: Tensor
    spread: Tensor

    def __call__(self, features: Tensor) -> Tensor:
        return (features - self.mean) / (self.spread * features.shape[-1] ** 0.5)


def public_scale() -> Scale:
    """As measured on drawn films, so that no patient is in it."""
    features = films_seen(ward(PUBLIC).films)
    return Scale(features.mean(0), features.std(0) + SMALLEST_SPREAD)


def films_seen(films: np.ndarray) -> Tensor:
    """Scattering features of films uint8 `[n, H, W]`, a few at a time: `[n, LENGTH]`."""
    return torch.cat(
        [
            scatter(torch.from_numpy(films[start : start + BATCH])[:, None].float() / 255)
            for start in range(0, len(films), BATCH)
        ]
    )


def by_patient(features: Tensor, labels: np.ndarray, people: np.ndarray, *, most: int = MOST) -> Patients:
    """Films `[n, LENGTH]` gathered by patient, in the order of the patients' names; at most `most` of each."""
    _, person = np.unique(people, return_inverse=True)
    count = int(person.max()) + 1
    rows = torch.zeros(count, most, features.shape[1])
    truth, weights = torch.zeros(count, most), torch.zeros(count, most)
    taken = np.zeros(count, int)
    for film, owner in enumerate(person):
        place = taken[owner]
        if place < most:
            rows[owner, place], truth[owner, place], weights[owner, place] = features[film], float(labels[film]), 1.0
            taken[owner] += 1
    return Patients(rows, truth, weights / weights.sum(1, keepdim=True))
