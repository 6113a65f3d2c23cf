"""A model that answers by chance: one lucky draw is no success, and a seed repeats everything."""

import numpy as np
import pytest
import torch
from torch import nn

from robustness import REGISTRY, ThreatModel
from robustness.defences import DEFENCES
from robustness.defences.smoothing import Smoothed
from tests.robustness.files import film
from tests.robustness.small_models import needs, tiny

FILMS = torch.tensor(np.stack([film(24, 24, seed) for seed in range(6)]), dtype=torch.float32)[:, None]
FRESH = 60


class OnTheFence(nn.Module):
    """A small network whose border runs through the films, so that what it draws decides often."""

    def __init__(self) -> None:
        super().__init__()
        self.network = tiny(seed=1)
        self.middle = self.network(FILMS).mean(0).detach()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return 20 * (self.network(images) - self.middle)


def smoothed() -> Smoothed:
    return Smoothed(OnTheFence(), DEFENCES["smoothing"], sigma=0.12, copies=4)


def mostly(model, films):
    """What the model mostly answers when it draws anew, and how often."""
    answers = torch.stack([model(films).argmax(1) for _ in range(FRESH)]).float().mean(0)
    return (answers > 0.5).long(), torch.maximum(answers, 1 - answers)


@pytest.mark.parametrize("name", ["pgd", "apgd", "square", "strongest"])
def test_a_flip_that_is_told_is_mostly_there_when_the_film_is_read_anew(name):
    model = smoothed()
    labels, share = mostly(model, FILMS)
    told, lucky = 0, 0
    for epsilon in (1, 2, 8):
        threat = ThreatModel(epsilon=epsilon / 255)
        result = REGISTRY[name](model, FILMS[share > 0.6], labels[share > 0.6], threat, seed=3)
        answers, _ = mostly(model, result.images)
        told += int(result.flipped.sum())
        lucky += int((result.flipped & (answers == labels[share > 0.6])).sum())
    assert told > 0
    assert lucky <= 0.2 * told


@pytest.mark.parametrize("name", REGISTRY)
def test_the_same_seed_draws_the_same(name):
    model, threat = smoothed(), ThreatModel(REGISTRY[name].norms[0], epsilon=4 / 255)
    labels, _ = mostly(model, FILMS)
    first, again = (REGISTRY[name](model, FILMS, labels, threat, seed=5, **needs(name)) for _ in range(2))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.logits, again.logits)
