"""Attacks that look for the smallest change: those of foolbox where the algorithm is the same, and worked by hand."""

from functools import partial

import foolbox
import numpy as np
import pytest
import torch

from robustness import REGISTRY, Lattice, ThreatModel
from tests.robustness.small_models import Brightness, TinyNet, tiny
from tests.robustness.test_agreement import IMAGES, ROOT, OnTheFence

GREY = 255
MODEL = OnTheFence(IMAGES)
LABELS = MODEL(IMAGES).argmax(1)
PEER = foolbox.PyTorchModel(MODEL.eval(), bounds=(0, 1), device="cpu")
CRITERION = foolbox.criteria.Misclassification(LABELS)
SEARCHES = {"searches": 4, "steps": 15, "constant": 0.1}
NUDGE = 1e-4  # that foolbox adds to each of DeepFool's steps


class StraightLinf(foolbox.attacks.LinfDeepFoolAttack):
    def get_perturbations(self, distances, grads):
        return super().get_perturbations(distances - NUDGE, grads)


class StraightL2(foolbox.attacks.L2DeepFoolAttack):
    def get_perturbations(self, distances, grads):
        return super().get_perturbations(distances - NUDGE, grads)


@pytest.mark.parametrize(("norm", "peer"), [("linf", StraightLinf), ("l2", StraightL2)])
@pytest.mark.parametrize("classes", [2, 4])
def test_deepfool_goes_where_foolbox_goes(norm, peer, classes):
    model = tiny(classes=classes, seed=5)
    labels = model(IMAGES).argmax(1)
    judged, wrong = foolbox.PyTorchModel(model, bounds=(0, 1), device="cpu"), foolbox.criteria.Misclassification(labels)
    theirs = peer(steps=20).run(judged, IMAGES, wrong)
    mine = REGISTRY["deepfool"](model, IMAGES, labels, ThreatModel(norm=norm, epsilon=1), seed=0, steps=20)
    assert mine.flipped.all()
    assert (mine.images - theirs).abs().max() < 1e-5
    assert (mine.images - IMAGES).abs().max() > 1 / GREY


def test_fmn_goes_where_foolbox_goes():
    """In L∞; foolbox's L2 form divides each norm by itself, and so never bounds anything."""
    stride = 0.3
    theirs = foolbox.attacks.LInfFMNAttack(steps=30, max_stepsize=stride).run(PEER, IMAGES, CRITERION)
    mine = REGISTRY["fmn"](MODEL, IMAGES, LABELS, ThreatModel(epsilon=1), seed=0, steps=30, step_size=stride / ROOT)
    assert mine.flipped.all()
    assert mine.size == pytest.approx((theirs - IMAGES).abs().flatten(1).amax(1), rel=0.02)


def test_carlini_wagner_goes_where_foolbox_goes():
    """Pixel by pixel far from the border; close to it Adam's steps hang on the sign of next to nothing."""
    peer = partial(
        foolbox.attacks.L2CarliniWagnerAttack, binary_search_steps=4, steps=15, stepsize=0.01, abort_early=False
    )
    for model, constant in ((tiny(classes=3, seed=5), 1.0), (MODEL, 0.1)):
        labels, threat = model(IMAGES).argmax(1), ThreatModel(norm="l2", epsilon=1)
        judged = foolbox.PyTorchModel(model, bounds=(0, 1), device="cpu")
        theirs = peer(initial_const=constant).run(judged, IMAGES, foolbox.criteria.Misclassification(labels))
        mine = REGISTRY["carlini_wagner"](
            model, IMAGES, labels, threat, seed=0, searches=4, steps=15, step_size=0.01, constant=constant
        )
        assert mine.flipped.all()
        assert mine.size == pytest.approx((theirs - IMAGES).flatten(1).norm(dim=1) / ROOT, rel=0.01)
        assert model is MODEL or (mine.images - theirs).abs().max() < 1e-5


@pytest.mark.parametrize(("name", "norm"), [("deepfool", "linf"), ("deepfool", "l2"), ("fmn", "linf"), ("fmn", "l2")])
def test_distance_to_a_flat_border(name, norm):
    """The border of `Brightness` is flat: the shortest way is the difference of brightness, in either norm."""
    films = torch.full((3, 1, 8, 8), 0.5) - torch.tensor([1.0, 2.5, 6.0])[:, None, None, None] / GREY
    threat = ThreatModel(norm=norm, epsilon=4 / GREY)
    result = REGISTRY[name](Brightness(), films, torch.zeros(3, dtype=torch.int64), threat, seed=0)
    assert result.flipped.tolist() == [True, True, False]
    assert (result.size[:2] * GREY).tolist() == pytest.approx([1.0, 2.5], rel=0.025)
    assert result.size[2] * GREY == pytest.approx(4, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "norm"), [("deepfool", "linf"), ("fmn", "linf"), ("fmn", "l2"), ("carlini_wagner", "l2")]
)
def test_the_nearest_flip_is_kept_and_lies_on_grey_levels(name, norm):
    lattice = Lattice(np.arange(4096) / 4095)
    films, met = lattice.nearest(IMAGES), []
    labels = MODEL(films).argmax(1)

    def watch(step):
        size = (step.images - films).flatten(1)
        size = size.abs().amax(1) if norm == "linf" else size.square().mean(1).sqrt()
        met.append(size.where(step.logits.argmax(1) != labels, torch.inf))

    options = SEARCHES if name == "carlini_wagner" else {"early_stop": False, "steps": 25}
    threat = ThreatModel(norm=norm, epsilon=16 / GREY, lattice=lattice)
    result = REGISTRY[name](MODEL, films, labels, threat, seed=0, on_step=watch, **options)
    assert result.flipped.all()
    assert result.size == pytest.approx(torch.stack(met).amin(0), abs=1e-6)
    assert torch.isin(result.images, lattice.levels).all()


@pytest.mark.parametrize("name", ["deepfool", "fmn"])
def test_going_on_after_a_flip_finds_a_nearer_one(name):
    model, threat = TinyNet(seed=1, gain=25.0).eval().requires_grad_(False), ThreatModel(epsilon=1)
    labels = model(IMAGES).argmax(1)
    first, nearest = (
        REGISTRY[name](model, IMAGES, labels, threat, seed=0, early_stop=early) for early in (True, False)
    )
    assert first.flipped.all()
    assert (nearest.size <= first.size + 1e-6).all()
    assert nearest.size.mean() < 0.99 * first.size.mean()
    assert (first.steps < nearest.steps).all()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("deepfool", {"overshoot": -1.0}, "overshoot >= 0, got 50 and -1.0"),
        ("fmn", {"cut": 1.0}, "0 < cut < 1"),
        ("carlini_wagner", {"constant": 0.0}, "constant > 0"),
    ],
)
def test_options_that_make_no_sense(name, options, words):
    with pytest.raises(ValueError, match=words):
        REGISTRY[name](MODEL, IMAGES, LABELS, ThreatModel(norm="l2"), seed=0, **options)
