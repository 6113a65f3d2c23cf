"""Noises that were learned before: stored finely enough, and only shown for the weights they were learned on."""

import json

import numpy as np
import pytest
import torch

import models
from evidence import universal
from evidence.universal.patients import PLANS
from measures import rate
from robustness import Universal

PAIRS = [card.id for kind in PLANS for card in models.pair(kind)]
ROW = {"goal": "normal", "epsilon": 8.0, "seed": 0, "seconds": 1.0, "noise": "noise.png"}


@pytest.fixture
def noise():
    points = torch.from_numpy(np.random.default_rng(0).uniform(-8, 8, (1, 1, 20, 20)).astype(np.float32)) / 255
    return Universal(points, 8 / 255, rate(3, 4), 1.0, 0, stopped=False)


def stored(path, noise, sha256):
    universal.keep(noise, path / "noise.png")
    row = ROW | {"model": PAIRS[0], "sha256": sha256, "flipped": noise.flipped.as_dict()}
    (path / "results.json").write_text(json.dumps({"rows": [row]}), encoding="utf-8")
    return path / "results.json"


def test_a_stored_noise_is_the_noise_to_a_small_part_of_a_grey_level_and_keeps_its_bound(noise, tmp_path):
    again = universal.load(PAIRS[0], "normal", 8.0, stored(tmp_path, noise, models.card(PAIRS[0]).sha256))
    assert (again.noise - noise.noise).abs().max() * 255 < 0.04
    assert again.noise.abs().max() <= again.epsilon + 1e-7
    assert (again.flipped.value, again.flipped.n, again.seed, again.stopped) == (0.75, 4, 0, False)


def test_a_noise_for_other_weights_or_another_wish_is_not_there(noise, tmp_path):
    mine = stored(tmp_path, noise, models.card(PAIRS[0]).sha256)
    assert universal.known(PAIRS[0], "normal", 8.0, mine)
    assert universal.known(PAIRS[0], "normal", 4.0, mine) is None
    assert universal.known(PAIRS[1], "normal", 8.0, mine) is None
    other = stored(tmp_path, noise, "0" * 64)
    assert universal.known(PAIRS[0], "normal", 8.0, other) is None
    with pytest.raises(ValueError, match="learned now"):
        universal.load(PAIRS[0], "normal", 8.0, other)


@pytest.mark.parametrize("id", PAIRS)
def test_every_model_has_a_noise_for_either_aim(id):
    for goal in models.card(id).classes:
        found = universal.load(id, goal, universal.EPSILON)
        side = PLANS[models.card(id).modality].side
        assert found.noise.shape == (1, 1, side, side)
        assert found.noise.abs().max() <= found.epsilon + 1e-7
        assert found.flipped.n > 0
