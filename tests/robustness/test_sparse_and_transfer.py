"""Few pixels, and an attack made on another model."""

import numpy as np
import pytest
import torch
from torch import nn

from robustness import REGISTRY, Lattice, ThreatModel
from tests.robustness.small_models import Weighted, tiny
from tests.robustness.test_agreement import IMAGES, MODEL

GREY = 255
LABELS = MODEL(IMAGES).argmax(1)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 1.0])
@pytest.mark.parametrize("lattice", [None, Lattice(np.arange(4096) / 4095)])
def test_no_more_pixels_change_than_may(share, lattice):
    films = IMAGES if lattice is None else lattice.nearest(IMAGES)
    threat = ThreatModel(epsilon=8 / GREY, lattice=lattice)
    result = REGISTRY["sparse"](MODEL, films, LABELS, threat, seed=0, pixels=share, restarts=2)
    changed = (result.images != films).flatten(1).sum(1)
    assert (changed <= max(1, int(share * films[0].numel()))).all()
    assert (changed > 0).all()
    assert (result.size <= 8 / GREY + 1e-6).all()


def test_of_a_linear_model_the_pixels_that_count_most_are_chosen():
    """By hand: a pixel at 0 can't go down, however much it counts; the three best of the others go all the way."""
    weight = [[-9.0, 5.0, 1.0], [4.0, -3.0, 2.0], [0.5, 0.0, -1.0]]
    film = torch.tensor([[[[0.0, 0.5, 0.5], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]]])
    result = REGISTRY["sparse"](
        Weighted(weight), film, torch.tensor([0]), ThreatModel(epsilon=0.1), seed=0, pixels=3 / 9, early_stop=False
    )
    wanted = torch.tensor([[0.0, 0.1, 0.0], [0.1, -0.1, 0.0], [0.0, 0.0, 0.0]])
    assert torch.allclose(result.images[0, 0] - film[0, 0], wanted, atol=1e-6)


def test_more_pixels_mislead_more():
    leads = []
    for share in (0.02, 0.2, 1.0):
        threat = ThreatModel(epsilon=4 / GREY)
        logits = REGISTRY["sparse"](MODEL, IMAGES, LABELS, threat, seed=0, pixels=share).logits
        leads.append(logits.gather(1, 1 - LABELS[:, None]) - logits.gather(1, LABELS[:, None]))
    assert (leads[0] < leads[1]).all()
    assert (leads[1] < leads[2]).all()


class Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def forward(self, films):
        self.seen += len(films)
        return MODEL(films)


@pytest.mark.parametrize("inner", ["mi_fgsm", "pgd"])
def test_transfer_is_the_attack_on_the_surrogate_shown_to_the_model(inner):
    model, surrogate, threat = Counting(), tiny(seed=9), ThreatModel(epsilon=6 / GREY)
    result = REGISTRY["transfer"](model, IMAGES, LABELS, threat, seed=0, surrogate=surrogate, inner=inner, steps=8)
    direct = REGISTRY[inner](surrogate, IMAGES, LABELS, threat, seed=0, steps=8)
    assert torch.equal(result.images, direct.images)
    assert torch.equal(result.logits, MODEL(direct.images))
    assert torch.equal(result.flipped, MODEL(direct.images).argmax(1) != LABELS)
    assert result.queries.tolist() == [2] * len(IMAGES)
    assert model.seen == 2 * len(IMAGES)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("transfer", {}, "no twin"),
        ("transfer", {"surrogate": tiny(classes=3)}, "expected a surrogate with 2 classes like the model, got 3"),
        ("transfer", {"surrogate": tiny(), "inner": "magic"}, "mi_fgsm, pgd"),
        ("sparse", {"pixels": 0.0}, r"pixels in \(0, 1\]"),
    ],
)
def test_requests_that_make_no_sense(name, options, words):
    with pytest.raises(ValueError, match=words):
        REGISTRY[name](MODEL, IMAGES, LABELS, ThreatModel(), seed=0, **options)
