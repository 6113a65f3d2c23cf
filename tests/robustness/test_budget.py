"""The budget by itself: random points fill the ball, and rounding to grey levels does not lose an L2 change."""

import numpy as np
import pytest
import torch
from torch import Generator

from robustness import REGISTRY, Lattice, ThreatModel
from robustness.budget import Budget
from tests.robustness.files import film
from tests.robustness.small_models import Weighted

GREY = 255
EIGHT_BIT = Lattice(np.arange(256) / GREY)
GREYS = EIGHT_BIT.nearest(torch.tensor(np.stack([film(40, 36, seed) for seed in range(3)]), dtype=torch.float32))[
    :, None
]
CORNER = np.zeros((40, 36), dtype=bool)
CORNER[2:8, 3:9] = True


@pytest.mark.parametrize("region", [None, CORNER])
def test_random_points_lie_at_the_rim_of_the_l2_ball_region_or_not(region):
    middle = torch.full((3, 1, 40, 36), 0.5)
    budget = Budget.of(middle, ThreatModel("l2", epsilon=4 / GREY, region=region))
    sizes = budget.size(budget.random(Generator().manual_seed(1))) * GREY
    assert (sizes > 3.5).all()
    assert (sizes <= 4 + 1e-4).all()


@pytest.mark.parametrize("levels", [0.1, 0.3, 0.45, 0.7, 1.0, 2.3])
@pytest.mark.parametrize("shape", ["alike", "normal"])
def test_an_l2_change_keeps_its_size_on_grey_levels(levels, shape):
    budget = Budget.of(GREYS, ThreatModel("l2", epsilon=levels / GREY, lattice=EIGHT_BIT))
    noise = torch.randn(GREYS.shape, generator=Generator().manual_seed(2))
    wanted = budget.project(GREYS + levels / GREY * budget.direction(noise.sign() if shape == "alike" else noise))
    stored = budget.store(wanted.clone())
    assert torch.isin(stored, EIGHT_BIT.levels).all()
    assert (budget.size(stored) <= levels / GREY + 1e-6).all()
    assert (budget.size(stored) >= 0.9 * budget.size(wanted)).all()
    assert ((stored - GREYS) * (wanted - GREYS) >= 0).all()


def test_a_small_inner_change_is_not_blown_up_to_the_whole_budget():
    budget = Budget.of(GREYS, ThreatModel("l2", epsilon=4 / GREY, lattice=EIGHT_BIT))
    noise = torch.randn(GREYS.shape, generator=Generator().manual_seed(2))
    stored = budget.store(GREYS + 0.5 / GREY * budget.direction(noise))
    assert (budget.size(stored) * GREY <= 0.6).all()


@pytest.mark.parametrize("name", [name for name, attack in REGISTRY.items() if "l2" in attack.norms])
def test_an_l2_attack_below_half_a_grey_level_gains_on_an_8_bit_file(name):
    attack = REGISTRY[name]
    if attack.control or attack.knowledge != "white box":
        return
    weight = torch.randn((40, 36), generator=Generator().manual_seed(3))
    model, labels = Weighted(weight.tolist()), torch.zeros(3, dtype=torch.int64)
    start = model(GREYS)[:, 1]
    model = Shifted(model, float(start.max()) + 0.001).eval()  # every film is read as 0, far from the border but one
    threat = ThreatModel("l2", epsilon=0.3 / GREY, goal=1, lattice=EIGHT_BIT)
    result = attack(model, GREYS, labels, threat, seed=0)
    gained = model(result.images)[:, 1] - model(GREYS)[:, 1]
    best = float(torch.topk(weight.abs().flatten(), int(0.09 * weight.numel())).values.sum()) / GREY
    assert (gained[labels == 0] > 0).any()
    if name in ("pgd", "apgd", "strongest"):
        assert (gained > 0.7 * best).any()


class Shifted(torch.nn.Module):
    """The second logit less so much."""

    def __init__(self, model: torch.nn.Module, by: float) -> None:
        super().__init__()
        self.model, self.by = model, by

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.model(images) - torch.tensor([0.0, self.by])
