"""The smallest epsilon: worked by hand where a model allows it, and never larger than a scan's elsewhere."""

import numpy as np
import pytest
import torch

from robustness import REGISTRY, Lattice, ThreatModel, smallest_epsilon
from tests.robustness.files import film
from tests.robustness.small_models import Brightness, tiny

GREY = 255
EIGHT_BIT, DEEP = Lattice(np.arange(256) / GREY), Lattice(np.arange(4096) / 4095)


def films(n: int, lattice: Lattice) -> torch.Tensor:
    return lattice.nearest(torch.tensor(np.stack([film(32, 28, seed) for seed in range(n)]), dtype=torch.float32))[
        :, None
    ]


@pytest.mark.parametrize(("norm", "lattice"), [("linf", None), ("l2", None), ("linf", EIGHT_BIT), ("linf", DEEP)])
@pytest.mark.parametrize("at_once", [1, 3])
def test_distance_to_the_border_rounded_up_film_by_film(norm, lattice, at_once):
    border = 0.5
    even = (border - torch.tensor([0.4, 1.03, 3.55, 9.9, 40.0]) / GREY)[:, None, None, None].expand(5, 1, 16, 16)
    even = even.contiguous() if lattice is None else lattice.nearest(even.contiguous())
    distance = (border - even[:, 0, 0, 0]) * GREY
    threat = ThreatModel(norm=norm, lattice=lattice)
    labels = torch.zeros(5, dtype=torch.int64)
    results = smallest_epsilon(Brightness(border), even, labels, threat, seed=0, at_once=at_once)
    unit = results[0].resolution
    finest = 1 / 64 if lattice is None else 1 / 16
    assert unit == pytest.approx(1 if lattice is EIGHT_BIT else finest, abs=1e-3)
    for need, result in zip(distance.tolist(), results, strict=True):
        assert result.found == (need < 16)
        if result.found:
            assert need < result.levels + 1e-3
            assert result.levels - unit < need + 1e-3 or lattice is not None
            assert result.levels <= need + 2 * unit
    assert results[-1].levels == 16


def test_in_l2_the_answer_lies_between_grey_levels_too():
    model, images = tiny(seed=1), films(3, EIGHT_BIT)
    labels = model(images).argmax(1)
    free = smallest_epsilon(model, images, labels, ThreatModel("l2"), seed=0)
    stored = smallest_epsilon(model, images, labels, ThreatModel("l2", lattice=EIGHT_BIT), seed=0)
    assert any(result.found for result in stored)
    for loose, tight in zip(free, stored, strict=True):
        assert tight.resolution == pytest.approx(1 / 16)
        assert loose.levels - 1e-3 <= tight.levels <= 1.1 * loose.levels + 1 / 8


@pytest.mark.parametrize("lattice", [EIGHT_BIT, DEEP])
def test_a_thorough_attack_finds_nothing_just_below(lattice):
    model, images = tiny(seed=1), films(3, lattice)
    labels = model(images).argmax(1)
    results = smallest_epsilon(model, images, labels, ThreatModel(lattice=lattice), seed=0)
    assert sum(result.found for result in results) >= 2
    for number, result in enumerate(results):
        row = slice(number, number + 1)
        below = ThreatModel(epsilon=(result.levels - result.resolution) / GREY, lattice=lattice)
        assert not REGISTRY["pgd"](model, images[row], labels[row], below, seed=0, restarts=2).flipped.any()
        if result.found:
            assert model(result.image[None]).argmax(1) != labels[row]
            assert torch.isin(result.image, lattice.levels).all()
            assert (result.image - images[number]).abs().max() * GREY <= result.levels + 1e-3


def test_a_film_that_is_read_as_wanted_already_needs_nothing():
    image = torch.full((1, 1, 8, 8), 0.7)
    (result,) = smallest_epsilon(Brightness(), image, torch.tensor([0]), ThreatModel(), seed=0)
    assert (result.levels, result.found, result.steps) == (0, True, 0)


def test_same_seed_same_answer_and_a_region_needs_more():
    model, images = tiny(seed=1), films(2, DEEP)
    labels = model(images).argmax(1)
    region = np.zeros((32, 28), dtype=bool)
    region[:, :20] = True
    whole, again, part = (
        smallest_epsilon(model, images, labels, ThreatModel(lattice=DEEP, region=where), seed=3)
        for where in (None, None, region)
    )
    assert [(a.levels, a.steps) for a in whole] == [(b.levels, b.steps) for b in again]
    assert all(a.levels <= b.levels for a, b in zip(whole, part, strict=True))
    assert all(torch.equal(b.image[:, :, 20:], image[:, :, 20:]) for b, image in zip(part, images, strict=True))


def test_stops_when_told_and_keeps_what_it_had():
    model = Brightness(border=0.5)
    image = torch.full((1, 1, 8, 8), 0.5 - 6.5 / GREY)
    seen = []

    def stop_in_the_first_probe(step):
        seen.append(step)
        return len(seen) == 10

    (result,) = smallest_epsilon(
        model, image, torch.tensor([0]), ThreatModel(), seed=0, on_step=stop_in_the_first_probe
    )
    assert result.stopped
    assert result.found
    assert 6.5 <= result.levels <= 7.1


@pytest.mark.parametrize(
    ("options", "words"),
    [({"ceiling": 0.0}, "expected ceiling above 0"), ({"resolution": -1.0}, "expected resolution above 0")],
)
def test_searches_that_make_no_sense(options, words):
    with pytest.raises(ValueError, match=words):
        smallest_epsilon(tiny(), torch.full((1, 1, 8, 8), 0.5), torch.tensor([0]), ThreatModel(), seed=0, **options)
