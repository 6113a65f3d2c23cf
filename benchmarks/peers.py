"""Step-by-step scans for the smallest epsilon with the peers' PGD."""

from __future__ import annotations

from collections.abc import Callable

import foolbox
import torchattacks
from torch import Tensor, nn

import models
from benchmarks.measure import GREY, decision
from robustness import Lattice


def foolbox_scan(model: nn.Module, film: Tensor, label: Tensor, lattice: Lattice, unit: float) -> float | None:
    judged = foolbox.PyTorchModel(Decided(model), bounds=(0, 1), device="cpu")
    criterion, attack = foolbox.criteria.Misclassification(label), foolbox.attacks.LinfPGD(steps=40)
    return _scan(model, label, lattice, unit, lambda size: attack.run(judged, film, criterion, epsilon=size))


def torchattacks_scan(model: nn.Module, film: Tensor, label: Tensor, lattice: Lattice, unit: float) -> float | None:
    def attack(size: float) -> Tensor:
        return torchattacks.PGD(Decided(model), eps=size, alpha=size / 4, steps=10)(film, label)

    return _scan(model, label, lattice, unit, attack)


def _scan(
    model: nn.Module, label: Tensor, lattice: Lattice, unit: float, attack: Callable[[float], Tensor]
) -> float | None:
    """The first epsilon, in grey levels, whose film flips once it is rounded to grey levels that a file can store."""
    for count in range(1, int(16 / unit + 1e-6) + 1):
        if bool(decision(model, lattice.nearest(attack(count * unit / GREY).detach().clamp(0, 1))) != label):
            return count * unit
    return None


class Decided(nn.Module):
    """The model as peers need it: its argmax is the decision at the operating point."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.eval()

    def forward(self, films: Tensor) -> Tensor:
        return models.decision_logits(self.model, self.model(films))
