"""Ensemble: a model and its twin read the film, and what they say is averaged."""

from __future__ import annotations

import torch
from torch import Tensor, nn

import models
from robustness.defences import Defence
from robustness.defences.wrapped import Wrapped


class Ensemble(Wrapped):
    """Mean of the members' logits, each first shifted so that its own operating point lies at the first member's.

    A member that decides at another probability would else move the border of the mean.
    """

    def __init__(self, members: list[nn.Module], defence: Defence) -> None:
        super().__init__(members[0], defence)
        self.others = nn.ModuleList(members[1:])
        self.eval().requires_grad_(False)

    def forward(self, images: Tensor) -> Tensor:
        members = [self.model, *self.others]
        decided = torch.stack([models.decision_logits(member, member(images)) for member in members]).mean(0)
        return decided - models.decision_logits(self.model, torch.zeros_like(decided))


def wrap(model: nn.Module, defence: Defence, *, others: tuple[nn.Module, ...] = ()) -> Ensemble:
    """The model together with `others`; with its twin of the zoo where none are given.

    Raises:
        ValueError: no others, and no card that names a twin.
    """
    if not others:
        if not hasattr(model, "card"):
            raise ValueError("an ensemble needs other models: this one has no card that names its twin")
        others = (models.load(model.card.twin, next(model.parameters()).device),)
    return Ensemble([model, *others], defence)
