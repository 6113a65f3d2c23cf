"""`python -m training.defences [--data …]`: fit what wraps the chest models, on training and validation patients alone.

For each model: the operating point with each defence around it, what ordinary features look like, and the score from
which a detector refers. Written to `robustness/defences/fits/`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

import models
from robustness.defences import DEFENCES, fits
from robustness.defences.refer import DETECTORS
from training import data
from training.calibration import operating_point
from training.data import Cohort
from training.scores import batches, scores

MODELS = ("chest-undefended", "chest-defended")
TRAIN, HELD_OUT = 1200, 300  # films of each set, at most
FALSE_ALARMS = 0.05  # of ordinary films that a detector may refer
SHRINKAGE = 0.05  # of the covariance towards an even one, since it is inverted


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fit the defences that wrap the chest models.")
    parser.add_argument("--data", help="folder of the image sets; else READING_ROOM_DATA, else ../shared/data")
    root = data.data_root(parser.parse_args().data)
    train, held_out = cohorts(root)
    for id in MODELS:
        model = models.load(id)
        fits.save_gaussians(id, *gaussians(model, train))
        detectors = {name: detector(model) for name, detector in DETECTORS.items()}
        points = {name: point(defence(model), held_out) for name, defence in DEFENCES.items() if name not in detectors}
        thresholds = {name: threshold(detector, held_out) for name, detector in detectors.items()}
        fits.save_numbers(id, {"operating_point": points, "threshold": thresholds})
        print(id, points, thresholds)


def cohorts(root: Path) -> tuple[list[Cohort], list[Cohort]]:
    """Training and validation patients of both real sets, thinned evenly."""
    children = data.kermany(root, "train")
    parts = data.split(children, {"train": 0.85, "validation": 0.15})
    train = [children.where(parts["train"]), data.nih(root, "train")]
    held_out = [children.where(parts["validation"]), data.nih(root, "validation")]
    return [cohort.evenly(TRAIN) for cohort in train], [cohort.evenly(HELD_OUT) for cohort in held_out]


def point(model: nn.Module, held_out: list[Cohort]) -> float:
    """The operating point that fits the held-out films best, each set counted the same."""
    margins = np.concatenate([scores(model, cohort) for cohort in held_out])
    weights = np.concatenate([np.full(len(cohort), 1 / len(cohort)) for cohort in held_out])
    labels = np.concatenate([cohort.labels for cohort in held_out])
    return round(float(np.clip(operating_point(margins, labels, weights), 0.001, 0.999)), 4)


@torch.inference_mode()
def threshold(detector: nn.Module, held_out: list[Cohort]) -> float:
    """The score that a share `FALSE_ALARMS` of the films of the worse set exceeds."""
    return max(float(np.quantile(_scores(detector, cohort), 1 - FALSE_ALARMS)) for cohort in held_out)


@torch.inference_mode()
def gaussians(model: nn.Module, train: list[Cohort]) -> tuple[torch.Tensor, torch.Tensor]:
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
