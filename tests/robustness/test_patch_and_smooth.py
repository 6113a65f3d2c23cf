"""What is special about films: a sticker on one, and a change that outlives an archive."""

import numpy as np
import pytest
import torch

import imaging
from robustness import REGISTRY, ThreatModel, attack_radiograph
from robustness.accidents import ACCIDENTS
from robustness.losses import margin
from robustness.stickers import squares
from tests.robustness.files import dicom, film
from tests.robustness.small_models import tiny, with_card

MODEL = tiny(seed=1)
FILMS = torch.tensor(np.stack([film(48, 40, seed) for seed in range(3)]), dtype=torch.float32)[:, None]
LABELS = MODEL(FILMS).argmax(1)
STICKER = ThreatModel(epsilon=1.0)


@pytest.mark.parametrize("options", [{}, {"shift": 0.2, "turn": 15.0}, {"centre": (4, 30)}])
def test_a_sticker_changes_one_square_and_no_more(options):
    result = REGISTRY["patch"](MODEL, FILMS, LABELS, STICKER, seed=0, steps=6, side=0.2, **options)
    length = round(0.2 * 40)
    for changed in (result.images != FILMS)[:, 0]:
        rows, columns = (torch.nonzero(changed.any(axis)).flatten() for axis in (1, 0))
        assert rows.max() - rows.min() < length
        assert columns.max() - columns.min() < length
        if "centre" in options:
            assert rows.max() < length
            assert columns.min() >= 30 - length // 2


def test_a_sticker_of_ones_own_place_is_beaten_by_one_that_looks_for_it():
    def lead(**options):
        result = REGISTRY["patch"](MODEL, FILMS, LABELS, STICKER, seed=0, steps=6, side=0.15, **options)
        return margin(result.logits, LABELS, None)

    corner = lead(centre=(0, 0))
    assert (lead(places=12) >= corner - 1e-6).all()
    assert (lead(places=12) > corner).any()


def test_squares_by_hand():
    mask = squares(torch.zeros(2, 1, 5, 6), torch.tensor([[1, 2], [0, 0]]), 2)
    assert mask[0, 0].nonzero().tolist() == [[1, 2], [1, 3], [2, 2], [2, 3]]
    assert mask[1, 0].sum() == 4


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("patch", {"side": 0.0}, "side in"),
        ("patch", {"centre": (99, 3)}, "a centre on the film of 48 rows and 40 columns"),
        ("smooth", {"grid": 1}, "grid >= 2"),
        ("smooth", {"steps": 0}, "steps >= 1"),
    ],
)
def test_options_that_make_no_sense(name, options, words):
    with pytest.raises(ValueError, match=words):
        REGISTRY[name](MODEL, FILMS, LABELS, STICKER, seed=0, **options)


def test_smooth_changes_are_smoother_and_outlive_blur_better_than_pgd():
    threat = ThreatModel(epsilon=8 / 255)
    plain = REGISTRY["pgd"](MODEL, FILMS, LABELS, threat, seed=0, early_stop=False).images
    smooth = REGISTRY["smooth"](MODEL, FILMS, LABELS, threat, seed=0, grid=8).images

    def roughness(images):
        change = images - FILMS
        return float(change.diff(dim=-1).square().mean() / change.square().mean())

    assert roughness(smooth) < 0.5 * roughness(plain)

    def kept(images):
        """Share of the lead gained that is left after blur."""
        blurred = ACCIDENTS["blur"](images, 1.5)
        start = margin(MODEL(ACCIDENTS["blur"](FILMS, 1.5)), LABELS, None)
        gained = margin(MODEL(images), LABELS, None) - margin(MODEL(FILMS), LABELS, None)
        return float(((margin(MODEL(blurred), LABELS, None) - start) / gained).mean())

    assert kept(smooth) > kept(plain)


def test_a_sticker_on_a_radiograph_stands_beside_one_of_noise():
    radiograph = imaging.read(dicom(film(64, 48)))
    case = attack_radiograph(with_card(tiny(seed=1)), radiograph, attack="patch", side=0.2, steps=4)
    assert case.epsilon == 255
    assert (case.radiograph.pixels != radiograph.pixels).mean() < 0.1
    assert case.largest_change > 20
