"""`python -m training.defences [--data …] [--models ID …]`: fit what wraps the chest models, on training and validation
patients alone.

For each model: the operating point with each defence around it, on the films and by the rule that gave the bare model
its own; what ordinary features look like; and the score from which a detector refers. Written to
`robustness/defences/fits/`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

import models
from robustness.defences import DEFENCES, FALSE_ALARMS, fits
from robustness.defences.refer import DETECTORS
from training import data
from training.calibration import operating_point
from training.chest import sets
from training.commands import command_line
from training.data import Cohort
from training.scores import batches, scores

SMOOTHED = ("smoothing",)
AROUND = {  # the defences that are put around each model; one trained with noise is made for one of them
    "chest-undefended": tuple(DEFENCES),
    "chest-defended": tuple(DEFENCES),
    "chest-noise-12": SMOOTHED,
    "chest-noise-25": SMOOTHED,
}
TRAIN = 1200  # films of each training set, at most
SHRINKAGE = 0.05  # of the covariance towards an even one, since it is inverted


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--models", nargs="+", choices=list(AROUND), default=list(AROUND), metavar="ID")
    options = parser.parse_args()
    cohorts = sets(data.data_root(options.data))
    for id in options.models:
        model = models.load(id, "cpu")
        detectors = {name: DETECTORS[name](model) for name in AROUND[id] if name in DETECTORS and name != "features"}
        if "features" in AROUND[id]:
            fits.save_gaussians(id, *gaussians(model, [cohort.evenly(TRAIN) for cohort in cohorts.train]))
            fits.save_numbers(id, model.card.sha256, {})  # the features' detector is fitted on what was just kept
            detectors["features"] = DETECTORS["features"](model)
        purified = [name for name in AROUND[id] if name not in detectors]
        numbers = {
            "operating_point": {name: point(DEFENCES[name](model), cohorts.validation) for name in purified},
            "threshold": {name: threshold(detector, cohorts.validation) for name, detector in detectors.items()},
        }
        fits.save_numbers(id, model.card.sha256, numbers)
        print(id, numbers, flush=True)


def point(model: nn.Module, held_out: Sequence[Cohort]) -> float:
    """The operating point that fits the held-out films best, each set counted the same."""
    margins = np.concatenate([scores(model, cohort) for cohort in held_out])
    weights = np.concatenate([np.full(len(cohort), 1 / len(cohort)) for cohort in held_out])
    labels = np.concatenate([cohort.labels for cohort in held_out])
    return round(float(np.clip(operating_point(margins, labels, weights), 0.001, 0.999)), 4)


@torch.inference_mode()
def threshold(detector: nn.Module, held_out: Sequence[Cohort]) -> float:
    """The score that a share `FALSE_ALARMS` of the films of the worst set exceeds."""
    return max(float(np.quantile(_scores(detector, cohort), 1 - FALSE_ALARMS)) for cohort in held_out)


@torch.inference_mode()
def gaussians(model: nn.Module, train: Sequence[Cohort]) -> tuple[torch.Tensor, torch.Tensor]:
    """Means of the classes' features, and the inverse of their common covariance; see `robustness.defences.refer`."""
    found = [(model.features(films), labels) for cohort in train for films, labels in batches(cohort)]
    features, labels = (torch.cat(parts) for parts in zip(*found, strict=True))
    means = torch.stack([features[labels == label].mean(0) for label in (0, 1)])
    away = features - means[labels]
    covariance = away.T @ away / len(away)
    even = torch.eye(len(covariance)) * covariance.diagonal().mean()
    return means, torch.linalg.inv((1 - SHRINKAGE) * covariance + SHRINKAGE * even)


def _scores(detector: nn.Module, cohort: Cohort) -> np.ndarray:
    return torch.cat([detector(films) for films, _ in batches(cohort)]).numpy()


if __name__ == "__main__":
    main()
