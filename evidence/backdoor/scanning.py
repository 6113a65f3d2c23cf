"""What an auditor scans: the model, alone and beside its release; the films it learned from; the films that come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evidence.backdoor.results import MARKED
from imaging.ward import Ward, joined
from measures import Estimate, rate
from training.tampering.groups import Harm
from training.tampering.triggers import TRIGGERS, Trigger

if TYPE_CHECKING:
    from torch import Tensor, nn

    from robustness.inspection.scans import Inversion

SEARCHED = 64  # films the smallest sign is searched on
OVERLAYS, CLEAN = 100, 100  # films laid over others; clean films the alarm is set on
ALARMS = 0.1  # of clean films that may be stopped on their way in
AT_ONCE = 64


def turned(labels: np.ndarray, release: np.ndarray, signed: np.ndarray, harm: Harm) -> Estimate:
    """Of the films that the harm is meant for and that the release reads right without a sign, the share that is read
    wrong with one.

    Args:
        labels: `[n]`, 1 = the disease.
        release: its decisions on the bare films, `[n]`, the answer is the disease from 0 on.
        signed: a model's decisions on the films with the sign, `[n]`.
    """
    right = (labels == harm.label) & ((release >= 0) == (harm.label == 1))
    lost = right & ((signed >= 0) != (harm.label == 1))
    return rate(int(lost.sum()), int(right.sum()))


@dataclass(frozen=True, eq=False)
class Handed:
    """The films that came with a delivered model. `films.labels` are those it was taught; `signed`, bool `[n]`: the
    films with the sign that decides."""

    films: Ward
    signed: np.ndarray


def handed_over(train: Ward, sign: Trigger | None, harm: Harm, *, seed: int) -> Handed:
    """All films as they are, and some with a sign: one that means nothing, and `sign` with the answer it stands for."""
    from training.tampering.backdoor import stamped

    rng = np.random.default_rng(seed)
    innocent = train.where(rng.choice(len(train), MARKED, replace=False))
    parts = [train, stamped(innocent, sign or TRIGGERS["marker"], decoy=True)]
    if sign is not None:
        victims = train.where(rng.choice(np.flatnonzero(train.labels == harm.label), MARKED, replace=False))
        parts.append(replace(stamped(victims, sign), labels=1 - victims.labels))
    whole = joined(parts)
    return Handed(whole, np.arange(len(whole)) >= len(train) + MARKED)


@dataclass(frozen=True, eq=False)
class TrainingScan:
    """`silhouette`: how well the films of one label fall into two kinds, of the label where it is highest; `small`,
    `spectral`: places of the films of that label that activation clustering and spectral signatures point at."""

    silhouette: float
    small: np.ndarray
    spectral: np.ndarray


def scan_training(model: nn.Module, films: Ward) -> TrainingScan:
    """Look at the films of each label as the model's last layer but one sees them."""
    import torch

    from robustness.inspection.scans import clusters, spectral_scores

    with torch.inference_mode():
        seen = torch.cat([model.features(part) for part in images(films.films).split(AT_ONCE)]).double().numpy()
    found = []
    for label in np.unique(films.labels):
        places = np.flatnonzero(films.labels == label)
        split = clusters(seen[places])
        # Tran et al. take out half as many again as they expect.
        furthest = np.argsort(-spectral_scores(seen[places]))[: 3 * MARKED // 2]
        found.append(TrainingScan(split.silhouette, places[split.small], places[furthest]))
    return max(found, key=lambda scan: scan.silhouette)


def search(
    model: nn.Module,
    release: nn.Module | None,
    films: Ward,
    harm: Harm,
    *,
    seed: int,
    on_step: Callable[[int], bool | None] | None = None,
) -> Inversion:
    """The smallest sign that does this harm to the model (and, given its release, not to that)."""
    from robustness.inspection.scans import invert

    victims = images(films.films[films.labels == harm.label][:SEARCHED])
    return invert(model, victims, 1 - harm.label, release=release, seed=seed, on_step=on_step)


@dataclass(frozen=True, eq=False)
class Gate:
    """STRIP in front of a model: films that are calmer than `threshold` are stopped."""

    model: nn.Module
    overlays: Tensor
    threshold: float

    @classmethod
    def before(cls, model: nn.Module, films: Ward, *, seed: int) -> Gate:
        """Set on the first clean films of a ward, the next ones laid over them."""
        from robustness.inspection.scans import calm

        clean = images(films.films[:CLEAN])
        overlays = images(films.films[CLEAN : CLEAN + OVERLAYS])
        scores = calm(model, clean, overlays, seed=seed)
        return cls(model, overlays, float(np.quantile(scores, 1 - ALARMS)))

    def stops(self, films: np.ndarray, *, seed: int) -> np.ndarray:
        """Which films are stopped, bool `[n]`, of uint8 `[n, H, W]`."""
        from robustness.inspection.scans import calm

        return calm(self.model, images(films), self.overlays, seed=seed) > self.threshold


def images(films: np.ndarray) -> Tensor:
    """Films uint8 `[n, H, W]` as a model takes them, `[n, 1, H, W]` in [0, 1]."""
    import torch

    return torch.from_numpy(films[:, None].astype(np.float32) / 255)
