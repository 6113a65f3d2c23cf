"""Referring: the model answers "a radiologist must look" where a detector finds the film suspicious.

So a detector becomes a model of three answers, and an attacker who knows it needs a film that is read wrongly *and* not
referred: one goal, one loss, no weighing of two (Carlini and Wagner, AISec 2017, section 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

import models
from robustness.defences import DEFENCES, Defence, fits
from robustness.defences.wrapped import Wrapped

REFER = "refer to a radiologist"
WASHES = ("jpeg", "median", "bit_depth")


class Squeezing(nn.Module):
    """The largest distance between the margin of a film and that of the film washed in one of `WASHES`, `[N]`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.washed = nn.ModuleList(DEFENCES[name](model) for name in WASHES)

    def forward(self, images: Tensor) -> Tensor:
        plain = _margin(self.model(images))
        return torch.stack([(_margin(washed(images)) - plain).abs() for washed in self.washed]).amax(0)


class Features(nn.Module):
    """Mahalanobis distance of the last layer's features to the nearest class of training films, `[N]`.

    Args:
        means: `[classes, channels]`.
        precision: inverse of the covariance that the classes share, `[channels, channels]`.
    """

    def __init__(self, model: nn.Module, means: Tensor, precision: Tensor) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("means", means)
        self.register_buffer("precision", precision)

    def forward(self, images: Tensor) -> Tensor:
        away = self.model.features(images)[:, None] - self.means
        return torch.einsum("nkc,cd,nkd->nk", away, self.precision, away).amin(1)


class Unsure(nn.Module):
    """One less the probability of the answer, seen from the operating point: 0.5 on the border, near 0 where the model
    is sure, `[N]`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        return 1 - models.decision_logits(self.model, self.model(images)).softmax(1).amax(1)


class Referring(Wrapped):
    """Logits `[N, 1 + classes]`: refer, then the model's own. Refers where the detector's score exceeds `threshold`.

    The logit of referring leads the model's best answer by `(score / threshold − 1)`, in units of `SHARPNESS` logits:
    `suspicion` has it back.
    """

    SHARPNESS = 4.0
    refers = True

    def __init__(self, model: nn.Module, defence: Defence, detector: nn.Module, threshold: float) -> None:
        super().__init__(model, defence)
        self.detector, self.threshold = detector, threshold
        if hasattr(self, "card"):
            self.card = replace(self.card, classes=(REFER, *self.card.classes))
        self.eval().requires_grad_(False)

    def forward(self, images: Tensor) -> Tensor:
        logits = self.model(images)
        lead = self.SHARPNESS * (self.detector(images) / self.threshold - 1)
        refer = models.decision_logits(self.model, logits).amax(1) + lead
        return torch.cat([refer[:, None], logits], dim=1)

    def suspicion(self, logits: Tensor) -> Tensor:
        """The detector's score in units of its threshold, from what `forward` gave, `[N]`; above 1 it refers."""
        answers = models.decision_logits(self.model, logits[:, 1:])
        return 1 + (logits[:, 0] - answers.amax(1)) / self.SHARPNESS


def wrap(model: nn.Module, defence: Defence, *, detector: str) -> Referring:
    """The model with a detector that was fitted to it.

    Raises:
        ValueError: the detector was not fitted to this model.
    """
    return Referring(model, defence, DETECTORS[detector](model), fits.threshold(model, defence.name))


def _features(model: nn.Module) -> Features:
    return Features(model, *fits.gaussians(model))


def _margin(logits: Tensor) -> Tensor:
    return logits[:, -1] - logits[:, 0]


DETECTORS: dict[str, Callable[[nn.Module], nn.Module]] = {
    "squeezing": Squeezing,
    "features": _features,
    "unsure": Unsure,
}
