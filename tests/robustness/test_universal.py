"""One noise, learned on some films and tried on others."""

import numpy as np
import pytest
import torch

from robustness.universal import flipped, lay, learn_universal
from tests.robustness.files import film
from tests.robustness.small_models import Brightness, Weighted, tiny

EPSILON = 4 / 255


def films(seeds, side=24):
    return torch.tensor(np.stack([film(side, side, seed) for seed in seeds]), dtype=torch.float32)[:, None]


def test_finds_the_noise_that_hand_calculation_names():
    """The logit is a weighted sum, so the best noise towards class 1 is epsilon times the weights' signs."""
    weight = [[1.0, -2.0, 3.0], [-1.0, 0.5, -0.5], [2.0, -1.0, -2.0]]
    model = Weighted(weight).eval()
    images = torch.full((6, 1, 3, 3), 0.5)
    labels = torch.zeros(6, dtype=torch.int64)
    found = learn_universal(model, images, labels, EPSILON, goal=1, seed=0, passes=60, batch=3)
    assert torch.allclose(found.noise[0, 0], EPSILON * torch.tensor(weight).sign(), atol=1e-7)


def test_flips_films_it_has_never_seen_and_random_signs_do_not():
    border = float(films(range(20)).mean(dim=(1, 2, 3)).max()) + EPSILON / 2
    model = Brightness(border).eval()
    seen, unseen = films(range(20)), films(range(20, 40)) * 0 + films(range(20)).mean(0, keepdim=True)
    labels = torch.zeros(20, dtype=torch.int64)
    found = learn_universal(model, seen, labels, EPSILON, seed=1, passes=30)
    chance = EPSILON * (2.0 * torch.randint(0, 2, found.noise.shape) - 1)
    assert found.flipped.value > 0
    assert found.flipped.n == 20
    near = unseen + (border - EPSILON / 2 - unseen.mean(dim=(1, 2, 3), keepdim=True))
    assert flipped(model, near, labels, found.noise).all()
    assert not flipped(model, near, labels, chance).any()


def test_stays_within_epsilon_at_every_size():
    noise = learn_universal(tiny(), films(range(4)), torch.zeros(4, dtype=torch.int64), EPSILON, seed=0, passes=3).noise
    for size in ((24, 24), (50, 31), (11, 90)):
        images = torch.full((2, 1, *size), 0.5)
        assert (lay(noise, images) - images).abs().max() <= EPSILON + 1e-6
    assert lay(noise, torch.ones(1, 1, 8, 8)).max() <= 1


def test_repeats_by_seed_and_stops_when_told():
    images, labels = films(range(6)), torch.ones(6, dtype=torch.int64)
    first, again = (learn_universal(tiny(), images, labels, EPSILON, seed=5, passes=2, batch=2) for _ in range(2))
    assert torch.equal(first.noise, again.noise)
    seen = []
    found = learn_universal(
        tiny(), images, labels, EPSILON, seed=5, batch=2, on_step=lambda step: seen.append(step.index) or len(seen) == 2
    )
    assert found.stopped
    assert seen == [1, 2]


def test_requests_that_make_no_sense():
    with pytest.raises(ValueError, match="side, side"):
        learn_universal(tiny(), torch.zeros(2, 1, 8, 9), torch.zeros(2, dtype=torch.int64), EPSILON, seed=0)
    with pytest.raises(ValueError, match="epsilon"):
        learn_universal(tiny(), torch.zeros(2, 1, 8, 8), torch.zeros(2, dtype=torch.int64), 0, seed=0)
