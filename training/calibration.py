"""From raw margins to probabilities and a decision."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit


def temperature(margins: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017), the classes of each set counted as they are."""
    sign = np.where(labels == 1, -1.0, 1.0)

    def loss(log_temperature: float) -> float:
        return float(np.average(np.logaddexp(0, sign * margins / np.exp(log_temperature)), weights=weights))

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def operating_point(margins: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The probability that makes sensitivity + specificity largest (Youden 1950); the middle of the best gap."""
    order = np.argsort(margins)
    margins, labels, weights = margins[order], labels[order], weights[order]
    diseased = np.where(labels == 1, weights, 0) / weights[labels == 1].sum()
    healthy = np.where(labels == 0, weights, 0) / weights[labels == 0].sum()
    gain = np.cumsum(healthy) - np.cumsum(diseased)  # Youden's J − 0 with the border above each margin
    best = int(np.argmax(gain[:-1]))
    return float(expit((margins[best] + margins[best + 1]) / 2))
