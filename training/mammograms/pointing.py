"""Does a model look at the lesion? The pointing game (Zhang et al., ECCV 2016) and the share of a map inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt

from measures import Estimate, rate
from models.catalogue import Figure
from models.networks import MammogramNet
from robustness.saliency.explain import explain
from training.mammograms.films import Mammograms
from training.publish import figure

TOLERANCE = 1 / 32  # of the film's longer side: a summit so near a lesion still points at it
RESAMPLES = 1000


@dataclass(frozen=True)
class Pointed:
    """One map of one film with a lesion: whether its summit lies on the lesion, the share of the map that does, and
    the share of the breast that would count as a hit, which is what chance finds."""

    method: str
    hit: bool
    inside: float
    chance: float


def point(model: MammogramNet, cohort: Mammograms, methods: Sequence[str]) -> list[Pointed]:
    """Every map of every suspicious film whose lesion's place is known. `methods`: "heat map" or saliency's names."""
    found = []
    for index in np.flatnonzero((cohort.labels == 1) & cohort.table.located.to_numpy(bool)):
        lesion, film = cohort.lesion(index), torch.from_numpy(cohort.film(index))[None, None]
        near = distance_transform_edt(~lesion) <= TOLERANCE * max(lesion.shape)
        with torch.inference_mode():
            breast = model.to_film(torch.ones(1, 1, 1, 1), film)[0, 0].numpy() > 0.5
        chance = float((near & breast).sum() / max(1, breast.sum()))
        for method in methods:
            strength = _heat(model, film) if method == "heat map" else explain(model, film, method, 1).map
            summit = np.unravel_index(int(strength.argmax()), strength.shape)
            found.append(Pointed(method, bool(near[summit]), _inside(strength, lesion), chance))
    return found


def figures(pointed: Sequence[Pointed], data: str) -> list[Figure]:
    """Hits, share inside and chance, by method."""
    found = []
    for method in dict.fromkeys(entry.method for entry in pointed):
        of_method = [entry for entry in pointed if entry.method == method]
        hits = rate(sum(entry.hit for entry in of_method), len(of_method))
        inside = _mean(np.array([entry.inside for entry in of_method]))
        found += [
            figure(data, f"pointing game, {method}", "suspicious", hits),
            figure(data, f"saliency inside, {method}", "suspicious", inside),
        ]
    chance = _mean(np.array([entry.chance for entry in pointed]))
    return [*found, figure(data, "pointing game, chance", "suspicious", chance)]


def _heat(model: MammogramNet, film: torch.Tensor) -> np.ndarray:
    with torch.inference_mode():
        prepared, _ = model.prepare(film)
        return model.to_film(model.heat(prepared)[:, 1:].sigmoid(), film)[0, 0].numpy()


def _inside(strength: np.ndarray, lesion: np.ndarray) -> float:
    total = float(strength.sum(dtype=np.float64))
    return float(strength[lesion].sum(dtype=np.float64)) / total if total > 0 else 0.0


def _mean(values: np.ndarray) -> Estimate:
    """With a percentile bootstrap over films."""
    draws = values[np.random.default_rng(0).integers(len(values), size=(RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(float(values.mean()), float(low), float(high), len(values))
