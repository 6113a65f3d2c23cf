"""The peers' attacks behind one face, and step-by-step scans for the smallest epsilon with their PGD."""

from __future__ import annotations

from collections.abc import Callable

import foolbox
import numpy as np
import torch
import torchattacks
from art.attacks.evasion import ProjectedGradientDescent
from art.estimators.classification import PyTorchClassifier
from torch import Tensor, nn

import models
from benchmarks.compare import Attack
from benchmarks.measure import GREY, decision, read_otherwise
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


def auto_attack(model: nn.Module, epsilon: float, *, steps: int, questions: int) -> Attack:
    """torchattacks' AutoAttack from those of its parts that work for two classes, in its order.

    APGD on the cross entropy, untargeted FAB, Square. The difference-of-logits ratio (DLR) divides by the distance of
    the first logit from the third, its targeted form by one that needs the fourth: with two classes APGD-DLR and APGD-T
    end in an index error, and FAB-T has one target, which is FAB.
    """
    judged = Decided(model)
    return torchattacks.MultiAttack(
        [
            torchattacks.APGD(judged, eps=epsilon, steps=steps, loss="ce"),
            torchattacks.FAB(judged, eps=epsilon, steps=steps, n_classes=2),
            square(judged, epsilon, questions=questions),
        ]
    )


def projected_gradient_descent(model: nn.Module, epsilon: float, *, steps: int, step_size: float) -> dict[str, Attack]:
    """PGD of each peer on the cross entropy, from the film itself, with equal steps in L∞."""

    def by_foolbox(films: Tensor, labels: Tensor) -> Tensor:
        judged = foolbox.PyTorchModel(Decided(model), bounds=(0, 1), device="cpu")
        attack = foolbox.attacks.LinfPGD(abs_stepsize=step_size, steps=steps, random_start=False)
        return attack.run(judged, films, foolbox.criteria.Misclassification(labels), epsilon=epsilon).detach()

    def by_art(films: Tensor, labels: Tensor) -> Tensor:
        classes = len(model.card.classes)
        judged = PyTorchClassifier(
            Decided(model), nn.CrossEntropyLoss(), films.shape[1:], classes, clip_values=(0.0, 1.0), device_type="cpu"
        )
        attack = ProjectedGradientDescent(
            judged, np.inf, epsilon, step_size, max_iter=steps, batch_size=len(films), verbose=False
        )
        return torch.from_numpy(attack.generate(films.numpy(), labels.numpy()))

    return {
        "torchattacks": torchattacks.PGD(Decided(model), eps=epsilon, alpha=step_size, steps=steps, random_start=False),
        "foolbox": by_foolbox,
        "ART": by_art,
    }


def square(model: nn.Module, epsilon: float, *, questions: int) -> Attack:
    """torchattacks' Square attack; its stripes are the first question."""
    judged = model if isinstance(model, Decided) else Decided(model)
    return torchattacks.Square(judged, eps=epsilon, n_queries=questions - 1)


def foolbox_run(
    model: nn.Module, film: Tensor, label: Tensor, *, attack: foolbox.attacks.base.Attack, **options: Tensor
) -> Tensor:
    """One of foolbox's attacks that look for the smallest change."""
    judged = foolbox.PyTorchModel(Decided(model), bounds=(0, 1), device="cpu")
    return attack.run(judged, film, foolbox.criteria.Misclassification(label), **options).detach()


def brendel_bethge(model: nn.Module, steps: int) -> Callable[[nn.Module, Tensor, Tensor], Tensor]:
    """foolbox's attack along the border in L∞, from a film that the model reads otherwise."""
    starts = read_otherwise(model)

    def attack(model: nn.Module, film: Tensor, label: Tensor, steps: int = steps) -> Tensor:
        peer = foolbox.attacks.LinfinityBrendelBethgeAttack(steps=steps)
        return foolbox_run(model, film, label, attack=peer, starting_points=starts[int(label)])

    # Its solver is compiled when it first runs, which is no part of its time.
    attack(model, starts[1], decision(model, starts[1]), steps=2)
    return attack


def fab(model: nn.Module, film: Tensor, label: Tensor, *, steps: int, ceiling: float) -> Tensor:
    """torchattacks' fast adaptive boundary attack, untargeted, in L∞."""
    return torchattacks.FAB(Decided(model), eps=ceiling, steps=steps, n_classes=2)(film, label)


class Decided(nn.Module):
    """The model as peers need it: its argmax is the decision at the operating point."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.eval()

    def forward(self, films: Tensor) -> Tensor:
        return models.decision_logits(self.model, self.model(films))
