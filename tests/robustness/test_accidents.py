"""Accidents of a stated strength: what each leaves alone, and what it does by hand-worked numbers."""

import math

import numpy as np
import pytest
import torch

import imaging
import models
from robustness.accidents import ACCIDENTS, befall
from tests.robustness.files import dicom, film
from tests.robustness.small_models import Brightness, with_card

FILMS = torch.tensor(np.stack([film(48, 40, seed) for seed in range(2)]), dtype=torch.float32)[:, None]
EVERY = [(name, strength) for name, accident in ACCIDENTS.items() for strength in accident.strengths]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("name", "strength"), EVERY)
def test_a_film_stays_a_film_and_changes_a_little(name, strength, dtype):
    before = FILMS.to(dtype)
    after = ACCIDENTS[name](before, strength)
    assert after.shape == before.shape
    assert after.dtype == dtype
    assert after.min() >= 0
    assert after.max() <= 1
    assert 0 < (after - before).abs().mean() < 0.15
    assert torch.equal(before, FILMS.to(dtype))


@pytest.mark.parametrize("name", ["blur", "jpeg", "contrast"])
def test_an_even_film_stays_as_it_was(name):
    even = torch.full((1, 1, 32, 24), 100 / 255)
    for strength in ACCIDENTS[name].strengths:
        assert torch.allclose(ACCIDENTS[name](even, strength), even, atol=1.01 / 255 if name == "jpeg" else 1e-6)


@pytest.mark.parametrize(("name", "slight", "plain"), [("jpeg", 90, 30), ("blur", 0.5, 2), ("rotation", 2, 5)])
def test_a_plainer_accident_changes_more(name, slight, plain):
    changes = [(ACCIDENTS[name](FILMS, strength) - FILMS).square().mean() for strength in (slight, plain)]
    assert changes[0] < changes[1]


def test_contrast_stretches_about_the_mean():
    picture = torch.tensor([[[[0.2, 0.4], [0.6, 0.8]]]])
    wanted = torch.tensor([[[[0.17, 0.39], [0.61, 0.83]]]])
    assert torch.allclose(ACCIDENTS["contrast"](picture, 10), wanted, atol=1e-6)


def test_a_quarter_turn_is_clockwise():
    picture = torch.arange(36, dtype=torch.float32).reshape(1, 1, 6, 6) / 36
    turned = ACCIDENTS["rotation"](picture, 90)
    assert torch.allclose(turned, picture.rot90(-1, (2, 3)), atol=1e-5)


def test_a_film_that_is_no_square_keeps_its_proportions_when_turned():
    disc = ((torch.arange(48)[:, None] - 23.5) ** 2 + (torch.arange(80)[None] - 39.5) ** 2 < 15**2).float()[None, None]
    assert (ACCIDENTS["rotation"](disc, 30) - disc).abs().mean() < 0.012


def test_a_blurred_point_is_the_gaussian():
    point = torch.zeros((1, 1, 15, 15))
    point[0, 0, 7, 7] = 1
    after = ACCIDENTS["blur"](point, 1)[0, 0]
    assert after.sum() == pytest.approx(1, abs=1e-5)
    assert after[7, 8] / after[7, 7] == pytest.approx(math.exp(-0.5), abs=1e-5)


@pytest.mark.parametrize(
    ("name", "films", "strength", "words"),
    [
        ("jpeg", FILMS, 0, "quality of 1 to 100, got 0"),
        ("blur", FILMS, 0, "above 0 pixels, got 0"),
        ("rotation", FILMS, math.nan, "finite strength in degrees"),
        ("blur", FILMS[0], 1, r"shape \[N, 1, H, W\]"),
    ],
)
def test_accidents_that_make_no_sense(name, films, strength, words):
    with pytest.raises(ValueError, match=words):
        ACCIDENTS[name](films, strength)


def test_what_befalls_a_radiograph_stays_storable_and_is_read():
    radiograph = imaging.read(dicom(film()))
    model = with_card(Brightness())
    made = befall(model, radiograph)
    assert [(mishap.accident, mishap.strength) for mishap in made] == EVERY
    for mishap in made:
        images = torch.from_numpy(radiograph.pixels.copy())[None, None]
        spoiled = radiograph.with_pixels(ACCIDENTS[mishap.accident](images, mishap.strength)[0, 0].numpy())
        assert mishap.reading == models.read(model, spoiled)
        assert mishap.largest_change == pytest.approx(255 * np.abs(spoiled.pixels - radiograph.pixels).max())
    assert made[-1].title == "Rotation"
    assert made[-1].words == "+5°"
