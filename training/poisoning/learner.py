"""How a hospital learns from a public set: a network made elsewhere, frozen, and a linear reading on top of it.

The most common way to train on few films (transfer learning), and the one that clean-label poisoning was first shown
on. A reading of 600 films takes a fraction of a second, so every figure can stand on many trainings. The frozen early
layers are those of the vendor's model; they were made without these films.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

STRENGTH = 0.1  # inverse of the penalty on the weights, features scaled to spread one
SPECIFICITY = 0.9  # of the operating point that the hospital chooses on its own, rightly labelled films
BATCH = 32


@dataclass(frozen=True, eq=False)
class LinearReading:
    """Decision of a film with features x: `x · weights + bias`, the disease from 0 on."""

    weights: NDArray[np.float64]
    bias: float

    def decisions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logits over the operating point, `[n]`, from features `[n, channels]`."""
        return features @ self.weights + self.bias

    def at(self, features: NDArray[np.float64], labels: NDArray[np.int64]) -> LinearReading:
        """The same reading with its operating point chosen on these films: `SPECIFICITY` of the healthy ones pass."""
        border = float(np.quantile(self.decisions(features[labels == 0]), SPECIFICITY))
        return LinearReading(self.weights, self.bias - border)


@torch.inference_mode()
def features_of(network: nn.Module, films: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What the frozen early layers say of films uint8 `[n, H, W]`, averaged over each film: `[n, channels]`."""
    device = next(network.parameters()).device
    parts = [
        pooled(network, torch.from_numpy(films[start : start + BATCH, None].astype(np.float32) / 255).to(device))
        for start in range(0, len(films), BATCH)
    ]
    return torch.cat(parts).double().cpu().numpy()


def pooled(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """`[n, 1, H, W]` → `[n, channels]`."""
    return network.early(images).mean((2, 3))


def learn(features: NDArray[np.float64], labels: NDArray[np.int64]) -> LinearReading:
    """Logistic regression with an L2 penalty. The same films and labels give the same reading.

    Raises:
        ValueError: only one class.
    """
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) != 2:
        raise ValueError("all films have the same label, so there is nothing to learn; throw out fewer films")
    mean, spread = features.mean(0), features.std(0) + 1e-6
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit((features - mean) / spread, labels)
    weights = fitted.coef_[0] / spread
    return LinearReading(weights, float(fitted.intercept_[0] - mean @ weights))
