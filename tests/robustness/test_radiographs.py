"""Whole radiographs: a flip counts only if it is still there after the film was written, read and read by the model."""

import numpy as np
import pytest
import torch

import imaging
from models import disease_probability, read, to_images
from robustness import REGISTRY, attack_radiograph, smallest_epsilon_of_radiograph
from tests.robustness.files import dicom, film, png
from tests.robustness.small_models import Brightness, needs, tiny, with_card

PICTURE = film(48, 40, seed=2)
FILES = {
    "PNG, 8 bit": png(PICTURE),
    "DICOM, 12 bit, window": dicom(PICTURE),
    "DICOM, 12 bit, window, white first": dicom(PICTURE, photometric="MONOCHROME1"),
    "DICOM, 12 bit, whole range": dicom(PICTURE, window=None),
    "DICOM, 16 bit": dicom(PICTURE, bits=16, window=(30000, 60000)),
    "DICOM with padding": dicom(PICTURE, padding=0),
}


def near_border(radiograph, above: float = 0.004):
    """A model that reads this film as pneumonia by a small lead."""
    model = tiny(seed=5)
    with torch.no_grad():
        probability = float(disease_probability(model, model(to_images(model, radiograph))))
    return with_card(model, probability - above)


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("file", FILES)
def test_the_flip_survives_writing_and_reading(file, norm):
    radiograph = imaging.read(FILES[file])
    model = near_border(radiograph)
    case = attack_radiograph(model, radiograph, epsilon=3.0, norm=norm, seed=4)
    assert case.before.prediction == "pneumonia"
    assert case.flipped
    assert case.after.prediction == "normal"
    assert case.noise.prediction == "pneumonia"
    assert read(model, imaging.read(imaging.encode(case.radiograph))) == case.after
    change = (case.radiograph.pixels.astype(float) - radiograph.pixels) * 255
    assert np.isin(case.radiograph.pixels[~radiograph.padding], radiograph.levels).all()
    assert (change[radiograph.padding] == 0).all()
    assert case.largest_change == pytest.approx(np.abs(change).max(), abs=1e-4)
    assert case.rms_change == pytest.approx(np.sqrt(np.mean(change[~radiograph.padding] ** 2)), abs=1e-4)
    assert 0 < (case.largest_change if norm == "linf" else case.rms_change) <= 3.001
    assert len(case.trace) == case.steps + 1
    assert case.trace[0] == pytest.approx(case.before.probability, abs=1e-5)
    assert case.wins == tuple(p < model.card.operating_point for p in case.trace)
    assert min(case.trace) == pytest.approx(case.after.probability, abs=1e-5)
    assert (case.seed, case.norm, case.epsilon, case.attack, case.stopped) == (4, norm, 3.0, "pgd", False)


@pytest.mark.parametrize("file", ["PNG, 8 bit", "DICOM, 12 bit, window, white first", "DICOM with padding"])
@pytest.mark.parametrize(("attack", "norm"), [(name, norm) for name in REGISTRY for norm in REGISTRY[name].norms])
def test_whatever_attack_the_stored_film_is_judged(attack, norm, file):
    radiograph = imaging.read(FILES[file])
    model = near_border(radiograph)
    asked = {"hop_skip_jump": {"queries": 80}, "rays": {"queries": 80}, "square": {"steps": 60}}.get(attack, {})
    options = needs(attack) | {"norm": norm, "epsilon": 3.0} | asked
    case = attack_radiograph(model, radiograph, attack=attack, seed=4, **options)
    change = (case.radiograph.pixels.astype(float) - radiograph.pixels) * 255
    assert read(model, imaging.read(imaging.encode(case.radiograph))) == case.after
    assert case.flipped == (case.after.prediction != case.before.prediction)
    assert np.isin(case.radiograph.pixels[~radiograph.padding], radiograph.levels).all()
    assert (change[radiograph.padding] == 0).all()
    assert (case.largest_change if norm == "linf" else case.rms_change) <= 3.001
    assert case.queries >= 1
    if not REGISTRY[attack].control:
        assert case.after.probability < case.before.probability


@pytest.mark.parametrize("attack", REGISTRY)
def test_same_seed_same_case(attack):
    radiograph = imaging.read(FILES["DICOM, 12 bit, window"])
    model = near_border(radiograph)
    options = needs(attack) | {"norm": REGISTRY[attack].norms[0]}
    first, again = (attack_radiograph(model, radiograph, attack=attack, seed=7, **options) for _ in range(2))
    assert np.array_equal(first.radiograph.pixels, again.radiograph.pixels)
    assert (first.after, first.noise, first.trace) == (again.after, again.noise, again.trace)


def test_no_budget_no_change():
    radiograph = imaging.read(FILES["DICOM, 12 bit, window"])
    case = attack_radiograph(near_border(radiograph), radiograph, epsilon=0)
    assert np.array_equal(case.radiograph.pixels, radiograph.pixels)
    assert not case.flipped
    assert case.after == case.noise == case.before
    assert (case.largest_change, case.rms_change, case.steps) == (0, 0, 0)


def test_a_region_and_a_goal():
    radiograph = imaging.read(FILES["PNG, 8 bit"])
    region = np.zeros(radiograph.pixels.shape, dtype=bool)
    region[10:30, 8:28] = True
    case = attack_radiograph(near_border(radiograph), radiograph, epsilon=6, region=region, goal="normal")
    changed = case.radiograph.pixels != radiograph.pixels
    assert changed[region].any()
    assert not changed[~region].any()
    assert case.flipped
    assert case.goal == "normal"


def test_stop_keeps_what_was_reached():
    radiograph = imaging.read(FILES["DICOM, 12 bit, window"])
    model = near_border(radiograph, above=0.4)
    case = attack_radiograph(model, radiograph, epsilon=2, on_step=lambda step: step.index == 2)
    assert case.stopped
    assert case.steps == 2
    assert not case.flipped
    assert case.largest_change > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"goal": "pneumonia"}, "The model already reads this film as pneumonia"),
        ({"goal": "fracture"}, "expected the goal to be one of normal, pneumonia, got 'fracture'"),
        ({"attack": "magic"}, "expected an attack out of fgsm, pgd, mi_fgsm"),
        ({"epsilon": -1}, "expected a change of 0 to 255 grey levels, got -1"),
        ({"epsilon": float("nan")}, "got nan"),
        ({"norm": "l1"}, "expected norm"),
        ({"region": np.zeros((48, 40), dtype=bool)}, "the region is empty"),
    ],
)
def test_requests_that_make_no_sense(options, words):
    radiograph = imaging.read(FILES["PNG, 8 bit"])
    with pytest.raises(ValueError, match=words):
        attack_radiograph(near_border(radiograph), radiograph, **options)


@pytest.mark.parametrize("file", FILES)
def test_smallest_change_by_hand(file):
    """Mean brightness decides, so the smallest change is the distance of the mean from the border, rounded up."""
    radiograph = imaging.read(FILES[file])
    mean = radiograph.pixels.mean(dtype=float)
    model = with_card(Brightness(border=mean - 2.3 / 255))
    smallest = smallest_epsilon_of_radiograph(model, radiograph)
    assert smallest.found
    assert smallest.ceiling == 16
    step = smallest.resolution
    assert step == pytest.approx(max(1 / 16, 255 * np.median(np.diff(radiograph.levels))), abs=1e-3)
    # Black pixels cannot darken, and a pixel moves by whole stored values: a little more than 2.3 is needed.
    assert 2.3 <= smallest.levels <= (3 if file.startswith("PNG") else 2.9)
    assert smallest.levels / step == pytest.approx(round(smallest.levels / step))
    change = np.abs(smallest.image[0].numpy() - radiograph.pixels).max() * 255
    assert change <= smallest.levels + 1e-3


def test_nothing_up_to_the_ceiling():
    radiograph = imaging.read(FILES["PNG, 8 bit"])
    model = with_card(Brightness(border=float(radiograph.pixels.mean()) - 30 / 255))
    smallest = smallest_epsilon_of_radiograph(model, radiograph)
    assert not smallest.found
    assert smallest.levels == smallest.ceiling == 16
    assert np.array_equal(smallest.image[0].numpy(), radiograph.pixels)
