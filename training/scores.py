"""What a model says of a whole cohort, film by film at its own resolution, with and without an attacker."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from robustness import REGISTRY, ThreatModel
from training import PGD_STEPS
from training.data import Cohort

BATCH = 32


def scores(model: nn.Module, cohort: Cohort) -> np.ndarray:
    """Logit of the disease against the healthy class, `[n]`."""
    with torch.inference_mode():
        return np.concatenate([_margin(model(films)) for films, _ in batches(cohort)])


def attacked_scores(
    model: nn.Module, cohort: Cohort, epsilon: float, *, attack: str = "pgd", seed: int = 0, **options: Any
) -> np.ndarray:
    """As `scores`, each film pushed to the wrong side as far as `epsilon` (display units, L∞) lets the attack.

    `options` are the attack's; PGD, on the margin, takes `PGD_STEPS` steps if they say nothing else.
    """
    threat = ThreatModel(norm="linf", epsilon=epsilon)
    options = {"steps": PGD_STEPS} | options if attack == "pgd" else options
    margins = []
    for films, labels in batches(cohort):
        result = REGISTRY[attack](model, films, labels, threat, seed=seed, early_stop=False, **options)
        margins.append(_margin(result.logits))
    return np.concatenate(margins)


def _margin(logits: Tensor) -> np.ndarray:
    return (logits[:, -1] - logits[:, 0]).double().numpy()


def batches(cohort: Cohort) -> Iterator[tuple[Tensor, Tensor]]:
    """Films `[n, 1, H, W]` and labels `[n]`, a few at a time."""
    for start in range(0, len(cohort), BATCH):
        chosen = range(start, min(start + BATCH, len(cohort)))
        films = torch.from_numpy(np.stack([cohort.film(i) for i in chosen]))[:, None]
        yield films, torch.tensor(cohort.labels[start : chosen.stop])
