"""Between radiographs and tensors: the threat model that a file implies, and the way through a file and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

import imaging
from imaging import Radiograph
from models import Reading, read
from robustness.lattice import Lattice
from robustness.threat import GREY, NormName, ThreatModel


def flips(before: Reading, after: Reading, goal: str | None) -> bool:
    """Whether the second reading is what the attacker wanted."""
    return after.prediction != before.prediction if goal is None else after.prediction == goal


def threat_against(
    model: nn.Module,
    radiograph: Radiograph,
    before: Reading,
    *,
    epsilon: float,
    norm: NormName,
    goal: str | None,
    region: NDArray[np.bool_] | None,
) -> ThreatModel:
    """The threat model of an attack on one radiograph: its grey levels, its padding, its classes. `epsilon` of 255."""
    classes = model.card.classes
    if goal is not None and goal not in classes:
        raise ValueError(f"expected the goal to be one of {', '.join(classes)}, got {goal!r}")
    if goal == before.prediction:
        raise ValueError(f"The model already reads this film as {goal}. Choose another aim.")
    if not 0 <= epsilon <= GREY:
        raise ValueError(f"expected a change of 0 to {GREY} grey levels, got {epsilon}")
    padding = radiograph.padding
    if padding.any():
        region = ~padding if region is None else region & ~padding
    return ThreatModel(
        norm=norm,
        epsilon=epsilon / GREY,
        goal=None if goal is None else classes.index(goal),
        region=region,
        lattice=Lattice(radiograph.levels),
    )


def label_of(model: nn.Module, reading: Reading) -> Tensor:
    """The class of a reading as a batch of one label, int64 `[1]`, on the model's device."""
    parameter = next(model.parameters())
    return parameter.new_tensor([model.card.classes.index(reading.prediction)]).long()


def reopened(model: nn.Module, radiograph: Radiograph, images: Tensor) -> tuple[Radiograph, Reading]:
    """Write an attacked film `[1, 1, H, W]` to a file of its own kind, read that file, and let the model read it."""
    altered = radiograph.with_pixels(images[0, 0].cpu().numpy())
    reread = imaging.read(imaging.encode(altered))
    return reread, read(model, reread)
