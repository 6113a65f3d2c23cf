"""Regions are where they say they are, and an attack kept to one changes nothing else."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Generator

import imaging
from imaging import gallery
from robustness import ThreatModel, attack_radiograph
from robustness.attacks.inquiry import Inquiry
from robustness.attacks.square import _side
from robustness.budget import Budget
from robustness.regions import border, lesion_beside, region_of
from tests.robustness.files import dicom, film, png
from tests.robustness.small_models import Brightness, with_card

LESION = np.zeros((60, 50), dtype=bool)
LESION[20:30, 10:25] = True
FRAME = np.ones((60, 50), dtype=bool)
FRAME[6:-4, 5:-3] = False


def framed(grey: float, noise: float = 0.0) -> imaging.Radiograph:
    picture = film(60, 50).clip(0.2, 0.8)
    picture[FRAME] = grey
    picture[30, 20] = 0.0  # a dark spot inside
    return imaging.read(png((picture + np.random.default_rng(0).normal(0, noise, picture.shape) * FRAME).clip(0, 1)))


@pytest.mark.parametrize(("grey", "noise"), [(0.0, 0.0), (1.0, 0.0), (0.01, 0.004), (0.99, 0.003)])
def test_the_border_is_the_plain_frame_to_the_pixel(grey, noise):
    assert np.array_equal(border(framed(grey, noise)), FRAME)


def test_a_film_without_a_border_says_so():
    with pytest.raises(ValueError, match=r"no plain border.*Choose another place"):
        border(imaging.read(png(film(60, 50).clip(0.2, 0.8))))


def test_black_inside_and_anatomy_white_to_the_edge_are_no_border():
    picture = film(60, 50).clip(0.2, 0.8)
    picture[20:40, 10:40] = 0.0
    picture[45:, :40] = 1.0  # an abdomen, not the whole row
    with pytest.raises(ValueError, match="no plain border"):
        border(imaging.read(png(picture)))


def test_padding_is_never_in_the_border():
    picture = film(60, 50).clip(0.2, 0.8)
    picture[:6] = 0.01
    radiograph = imaging.read(dicom(picture, window=None, padding=0))
    assert radiograph.padding[:, :3].all()
    expected = np.zeros((60, 50), dtype=bool)
    expected[:6, 3:] = True
    assert np.array_equal(border(radiograph), expected)


def test_inside_and_outside_make_up_the_film():
    radiograph = framed(0.0)
    inside, outside = (region_of(name, radiograph, LESION) for name in ("lesion", "outside"))
    assert np.array_equal(inside, LESION)
    assert np.array_equal(inside, ~outside)


@pytest.mark.parametrize(
    ("name", "lesion", "words"),
    [
        ("lesion", None, "No lesion is marked"),
        ("outside", np.zeros((60, 50), dtype=bool), "No lesion is marked"),
        ("lesion", LESION[:50], r"measures \(60, 50\) pixels, its lesion mask \(50, 50\)"),
        ("heart", LESION, "one of lesion, outside, border, got 'heart'"),
    ],
)
def test_regions_that_are_not_there(name, lesion, words):
    with pytest.raises(ValueError, match=words):
        region_of(name, framed(0.0), lesion)


@pytest.mark.parametrize("name", ["lesion", "outside", "border"])
def test_an_attack_changes_nothing_outside_its_region(name):
    radiograph, model = framed(0.0), with_card(Brightness(border=0.9))
    allowed = region_of(name, radiograph, LESION)
    case = attack_radiograph(model, radiograph, epsilon=4, region=allowed)
    changed = case.radiograph.pixels != radiograph.pixels
    assert changed[allowed].any()
    assert not changed[~allowed].any()
    assert case.largest_change <= 4


def test_the_lesion_of_a_bundled_case_and_of_a_written_phantom_lies_beside_it(tmp_path):
    case = next(case for case in gallery.cases() if case.lesion_mask() is not None)
    assert np.array_equal(lesion_beside(case.path), case.lesion_mask())
    assert lesion_beside(next(case.path for case in gallery.cases() if case.lesion_mask() is None)) is None
    Image.fromarray(LESION).save(tmp_path / "chest-00001-mask.png")
    assert np.array_equal(lesion_beside(tmp_path / "chest-00001.dcm"), LESION)


@pytest.mark.parametrize(
    "case", [case for case in gallery.cases() if case.modality == "mammogram"][:2], ids=lambda c: c.id
)
def test_the_air_beside_a_breast_is_its_border_and_the_lesion_is_not(case):
    radiograph = imaging.read(case.path)
    found = border(radiograph)
    assert 0.2 < found.mean() < 0.8
    lesion = case.lesion_mask()
    assert lesion is None or not (found & lesion).any()


def test_square_paints_ever_smaller_squares_within_a_small_region():
    painted = Budget.of(torch.full((1, 1, 512, 512), 0.5), ThreatModel(region=corner(512)))
    sides = [_side(index, 250, 0.8, painted.frame) for index in range(250)]
    assert sides[0] == round(36 * 0.8**0.5)
    assert sides == sorted(sides, reverse=True)
    assert len(set(sides[:100])) >= 5


def test_patterns_lie_over_the_region_alone():
    films, generator = torch.full((2, 1, 512, 512), 0.5), Generator().manual_seed(0)
    budget = Budget.of(films, ThreatModel(region=corner(512)))
    pattern = Inquiry(None, budget, budget, generator).pattern(films, 12)
    assert not pattern[:, :, ~torch.tensor(corner(512))].any()
    inside = pattern[0, 0, 40:76, 100:136]
    assert (inside.abs() == 1).all()
    assert (inside[:, :-1] != inside[:, 1:]).any(0).sum() > 4


def corner(side):
    region = np.zeros((side, side), dtype=bool)
    region[40:76, 100:136] = True
    return region
