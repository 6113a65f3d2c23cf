"""One noise, learned on some films and tried on others."""

import numpy as np
import pytest
import torch

import imaging
from robustness.universal import flipped, lay, lay_on_file, learn_universal, on_raster, random_noise
from tests.robustness.files import dicom, film, png
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
    found = learn_universal(model, images, labels, EPSILON, goal=1, seed=0, steps=120, batch=3)
    assert torch.allclose(found.noise[0, 0], EPSILON * torch.tensor(weight).sign(), atol=1e-7)


class Silent(torch.nn.Module):
    """Answers with no number, or (deaf) without a gradient."""

    def __init__(self, deaf):
        super().__init__()
        self.deaf = deaf

    def forward(self, images):
        lead = images.mean(dim=(1, 2, 3)) * (1 if self.deaf else torch.nan)
        answers = torch.stack([lead, 1 - lead], dim=1)
        return answers.detach() if self.deaf else answers


@pytest.mark.parametrize(("deaf", "words"), [(False, "no answer for this film"), (True, "gives no gradient")])
def test_a_model_that_says_nothing_is_refused(deaf, words):
    labels = torch.zeros(4, dtype=torch.int64)
    with pytest.raises(ValueError, match=words):
        learn_universal(Silent(deaf), films(range(4)), labels, EPSILON, seed=0, steps=3)


def test_flips_films_it_has_never_seen_and_random_signs_do_not():
    border = float(films(range(20)).mean(dim=(1, 2, 3)).max()) + EPSILON / 2
    model = Brightness(border).eval()
    seen, unseen = films(range(20)), films(range(20, 40)) * 0 + films(range(20)).mean(0, keepdim=True)
    labels = torch.zeros(20, dtype=torch.int64)
    found = learn_universal(model, seen, labels, EPSILON, seed=1, steps=90)
    chance = EPSILON * (2.0 * torch.randint(0, 2, found.noise.shape) - 1)
    assert found.flipped.value > 0
    assert found.flipped.n == 20
    near = unseen + (border - EPSILON / 2 - unseen.mean(dim=(1, 2, 3), keepdim=True))
    assert flipped(model, near, labels, found.noise).all()
    assert not flipped(model, near, labels, chance).any()


def test_stays_within_epsilon_at_every_size():
    noise = learn_universal(tiny(), films(range(4)), torch.zeros(4, dtype=torch.int64), EPSILON, seed=0, steps=3).noise
    for size in ((24, 24), (50, 31), (11, 90)):
        images = torch.full((2, 1, *size), 0.5)
        assert (lay(noise, images) - images).abs().max() <= EPSILON + 1e-6
    assert lay(noise, torch.ones(1, 1, 8, 8)).max() <= 1


FILES = {
    "8 bits": png(film(60, 44)),
    "12 bits, window": dicom(film(44, 60)),
    "inverted": dicom(film(52, 52), photometric="MONOCHROME1"),
    "padding": dicom(film(50, 40), padding=4000, window=None),
}


@pytest.mark.parametrize("name", FILES)
def test_on_a_file_it_keeps_to_epsilon_and_to_the_stored_grey_levels_and_comes_back_alike(name):
    radiograph = imaging.read(FILES[name])
    noise = random_noise(torch.zeros(1, 1, 24, 24), EPSILON, seed=3)
    altered = lay_on_file(noise, EPSILON, radiograph)
    change = np.abs(altered.pixels.astype(np.float64) - radiograph.pixels)
    assert 0 < change.max() <= EPSILON + 1e-6
    assert np.isin(altered.pixels, radiograph.levels)[~radiograph.padding].all()
    assert not change[radiograph.padding].any()
    np.testing.assert_array_equal(altered.pixels, lay_on_file(noise, EPSILON, radiograph).pixels)


def test_the_square_covers_the_longer_side_and_the_rest_of_it_is_cut_off():
    noise = EPSILON * torch.tensor([[[[-1.0, 1, 1, -1]] * 4]])
    narrow = lay(noise, torch.full((1, 1, 4, 2), 0.5)) - 0.5
    assert torch.allclose(narrow, torch.full((1, 1, 4, 2), EPSILON))
    with_both = lay(noise, torch.full((1, 1, 4, 4), 0.5)) - 0.5
    assert torch.allclose(with_both, noise)


def test_films_on_the_raster_keep_their_proportions():
    tall, wide = imaging.read(png(film(60, 30))), imaging.read(png(film(20, 40)))
    raster = on_raster([tall, wide], 24)
    assert raster.shape == (2, 1, 24, 24)
    assert not raster[0, 0, :, :6].any()
    assert not raster[0, 0, :, 18:].any()
    assert not raster[1, 0, :6].any()
    assert raster[0, 0, :, 6:18].mean() == pytest.approx(float(tall.pixels.mean()), abs=0.01)


def test_the_control_is_as_large_at_every_point_and_knows_no_direction():
    noise = random_noise(torch.zeros(1, 1, 64, 64), EPSILON, seed=0)
    assert torch.equal(noise.abs(), torch.full_like(noise, EPSILON))
    assert abs(float(noise.mean())) < EPSILON / 10
    assert torch.equal(noise, random_noise(noise, EPSILON, seed=0))


def test_repeats_by_seed_and_stops_when_told():
    images, labels = films(range(6)), torch.ones(6, dtype=torch.int64)
    first, again = (learn_universal(tiny(), images, labels, EPSILON, seed=5, steps=6, batch=2) for _ in range(2))
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
    with pytest.raises(ValueError, match="steps"):
        learn_universal(tiny(), torch.zeros(2, 1, 8, 8), torch.zeros(2, dtype=torch.int64), EPSILON, seed=0, steps=0)
