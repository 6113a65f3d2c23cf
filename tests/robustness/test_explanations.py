"""Attacks on the explanation: the answer stays while the map moves, or flips while the map stays."""

import numpy as np
import pytest
import torch
from torch import nn

import imaging
import models
from robustness import METHODS, Lattice, ThreatModel
from robustness.explanations import AIMS, attack_explanation, reason_of, turn_explanation
from robustness.explanations.carrying import Turned, at_scale, kept_too, moved_too, turned
from robustness.explanations.places import ZONES, box, zone
from robustness.explanations.soft import softened
from robustness.saliency.drift import drift
from robustness.saliency.explain import explain
from tests.robustness.files import dicom, film
from tests.robustness.small_models import tiny, with_card

IMAGE = torch.tensor(film(48, 40, 3), dtype=torch.float32)[None, None]
PLACE = torch.zeros(48, 40, dtype=torch.bool)
PLACE[4:20, 22:38] = True
THREAT = ThreatModel(epsilon=8 / 255, lattice=Lattice(np.arange(256) / 255))


def answer(model: nn.Module, image: torch.Tensor) -> int:
    return int(models.decision_logits(model, model(image)).argmax())


def turn(aim: str, method: str, **options):
    model = tiny(seed=1)
    options = {"place": PLACE if aim == "move" else None, "seed": 0, "steps": 8} | options
    image = THREAT.lattice.nearest(IMAGE)
    return model, image, turn_explanation(model, image, answer(model, image), THREAT, aim=aim, method=method, **options)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("aim", AIMS)
def test_every_map_is_attacked_within_the_budget_on_grey_levels_and_by_seed(aim, method):
    model, image, result = turn(aim, method)
    assert (result.image - image).abs().max() <= 8 / 255 + 1e-6
    assert torch.isin(result.image, torch.tensor(np.arange(256) / 255, dtype=torch.float32)).all()
    assert torch.allclose(result.logits, model(result.image), atol=1e-5)
    assert result.answered == ((answer(model, result.image) == answer(model, image)) == (aim == "move"))
    assert torch.equal(result.image, turn(aim, method)[2].image)


@pytest.mark.parametrize("method", METHODS)
def test_the_map_moves_into_the_place_further_than_noise_takes_it(method):
    model, image, result = turn("move", method, steps=20)
    label = answer(model, image)
    noise = image + 8 / 255 * torch.sign(torch.randn(image.shape, generator=torch.Generator().manual_seed(0)))
    shares = [
        drift(maps := explain(model, some, method, label).map, maps, PLACE.numpy()).inside_before
        for some in (image, noise.clamp(0, 1), result.image)
    ]
    assert result.answered
    assert shares[2] > max(shares[:2])


def test_the_answer_flips_and_its_map_stays_closer_than_without_looking():
    model = tiny(seed=1)
    label, threat = answer(model, IMAGE), ThreatModel(epsilon=0.25)
    options = {"aim": "keep", "method": "grad_cam", "seed": 0, "steps": 40}
    careful, blind = (
        turn_explanation(model, IMAGE, label, threat, **options, blind=careless) for careless in (False, True)
    )
    assert careful.answered
    assert blind.answered
    before = explain(model, IMAGE, "grad_cam", label).map
    likeness = [
        drift(before, explain(model, some.image, "grad_cam", answer(model, some.image)).map).spearman
        for some in (careful, blind)
    ]
    assert likeness[0] >= likeness[1]


def test_a_watcher_sees_every_step_and_may_stop():
    seen = []
    *_, result = turn("move", "grad_cam", on_step=lambda look: seen.append(look.reached) or look.index == 3)
    assert result.stopped
    assert (result.steps, len(seen)) == (3, 4)
    assert all(0 <= share <= 1 for share in seen)


@pytest.mark.parametrize(
    ("aim", "options", "words"),
    [
        ("move", {"place": None}, "choose a place"),
        ("move", {"place": torch.ones(48, 40, dtype=torch.bool)}, "neither nothing nor all"),
        ("move", {"place": torch.zeros(3, 3, dtype=torch.bool)}, "expected a place of shape"),
        ("keep", {"steps": 0}, "steps >= 1"),
        ("turn", {}, "expected aim to be one of"),
    ],
)
def test_what_makes_no_sense_is_refused(aim, options, words):
    with pytest.raises(ValueError, match=words):
        turn(aim, "grad_cam", **options)


def test_a_softened_network_shares_weights_and_comes_close():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 46 * 38, 2)).eval()
    soft = softened(model, sharpness=200.0)
    assert torch.allclose(model(IMAGE), soft(IMAGE), atol=0.02)
    assert soft[0].weight is model[0].weight
    assert isinstance(model[1], nn.ReLU)


@pytest.mark.parametrize("aim", AIMS)
def test_on_a_radiograph_the_stored_film_counts_and_a_control_stands_beside(aim):
    radiograph = imaging.read(dicom(film(64, 48)))
    model = with_card(tiny(seed=1))
    place = zone(radiograph.pixels, "upper left") if aim == "move" else None
    case = attack_explanation(model, radiograph, aim=aim, method="grad_cam", place=place, epsilon=6, steps=6)
    reread = imaging.read(imaging.encode(case.radiograph))
    assert np.array_equal(reread.pixels, case.radiograph.pixels)
    assert case.after == models.read(model, reread)
    assert case.control == models.read(model, case.control_radiograph)
    assert case.largest_change <= 6.001
    assert np.abs(case.control_radiograph.pixels - radiograph.pixels).max() * 255 <= 6.001
    assert reason_of(model, radiograph, case.before, "grad_cam").map.shape == (64, 48)


def test_places_by_hand():
    pixels = np.full((20, 10), 0.5, np.float32)
    assert np.argwhere(box(pixels, 0.1, 0.2, 0.5, 0.7)).tolist() == [[2, 5], [2, 6], [3, 5], [3, 6]]
    assert all(0.05 < zone(pixels, name).mean() < 0.15 for name in ZONES)
    with pytest.raises(ValueError, match="in order"):
        box(pixels, 0.5, 0.2, 0, 1)


def test_what_carries_over_in_words():
    place = np.zeros((8, 8), bool)
    place[:4] = True
    above, below, even = (np.zeros((8, 8), np.float32) for _ in range(3))
    above[:4], below[4:], even[:] = 1, 1, 1
    went, partly, stayed = (turned(below, after, below, place) for after in (above, even, below))
    assert isinstance(went, Turned)
    assert (went.gain, went.control_gain) == (pytest.approx(1), pytest.approx(0))
    assert [moved_too(other, went) for other in (went, partly, stayed)] == ["yes", "yes", "no"]
    assert kept_too(turned(below, below, above, None)) == "yes"
    assert kept_too(turned(below, above, below, None)) == "no"
    assert at_scale(np.array([0.5], np.float32), own=2.0, scale=4.0).tolist() == [0.25]
