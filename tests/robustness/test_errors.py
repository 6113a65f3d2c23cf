"""Wrong input: each error says what was expected and what came."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from robustness import REGISTRY, Lattice, ThreatModel
from tests.robustness.small_models import needs, tiny

IMAGE = torch.full((1, 1, 8, 8), 0.5)
LABEL = torch.tensor([0])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"norm": "l1"}, "expected norm to be one of linf, l2, got 'l1'"),
        ({"epsilon": -0.1}, "got -0.1"),
        ({"epsilon": math.nan}, "got nan"),
        ({"epsilon": 2.0}, "1 grey level = 1 / 255"),
        ({"goal": -1}, "expected goal >= 0"),
        ({"knowledge": "everything"}, "expected knowledge to be one of"),
        ({"region": np.zeros((8, 8), dtype=bool)}, "the region is empty"),
        ({"region": np.ones(8, dtype=bool)}, r"shape \[H, W\], got \(8,\)"),
    ],
)
def test_threat_models_that_make_no_sense(wrong, words):
    with pytest.raises(ValueError, match=words):
        ThreatModel(**wrong)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ([0.5], "at least two"),
        ([0.5, 0.2], "sorted"),
        ([0.2, 0.2], "without repetition"),
        ([0.0, 1.5], "within"),
        ([[0.0, 1.0]], "one row"),
    ],
)
def test_lattices_that_make_no_sense(levels, words):
    with pytest.raises(ValueError, match=words):
        Lattice(np.array(levels))


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize(
    ("images", "labels", "threat", "words"),
    [
        (IMAGE[0], LABEL, {}, r"shape \[N, 1, H, W\]"),
        (IMAGE.expand(1, 3, 8, 8), LABEL, {}, r"shape \[N, 1, H, W\]"),
        (IMAGE[:0], LABEL[:0], {}, r"shape \[N, 1, H, W\]"),
        (IMAGE * 4, LABEL, {}, r"images in \[0, 1\], got values from 2 to 2"),
        (IMAGE * math.nan, LABEL, {}, r"images in \[0, 1\]"),
        (IMAGE.half(), LABEL, {}, "float32 or float64"),
        (IMAGE, torch.tensor([0, 1]), {}, "expected 1 labels"),
        (IMAGE, torch.tensor([0.0]), {}, "int64"),
        (IMAGE, torch.tensor([2]), {}, r"labels and goal in 0 … 1, got \[2\]"),
        (IMAGE, LABEL, {"goal": 5}, r"got \[0, 5\]"),
        (IMAGE, LABEL, {"region": np.ones((4, 4), dtype=bool)}, r"region of \(8, 8\) like the film, got \(4, 4\)"),
        (IMAGE, LABEL, {"lattice": Lattice(np.array([0.0, 0.3, 1.0]))}, "storable grey levels"),
    ],
)
def test_films_and_labels_that_do_not_fit(name, images, labels, threat, words):
    rules = ThreatModel(REGISTRY[name].norms[0], **threat)
    with pytest.raises(ValueError, match=words):
        REGISTRY[name](tiny(), images, labels, rules, seed=0, **needs(name))


class Broken(nn.Module):
    """Answers with a value that is no number."""

    def forward(self, images):
        return torch.stack([images.mean(dim=(1, 2, 3)), images.sum(dim=(1, 2, 3)) * math.nan], dim=1)


class Deaf(nn.Module):
    """Gives no gradient."""

    def forward(self, images):
        return torch.stack([images.mean(dim=(1, 2, 3)), images.amax(dim=(1, 2, 3))], dim=1).detach()


class Steep(nn.Module):
    """Answers with numbers, but its gradient at 0 is none: the slope of a root is infinite there, and that times 0."""

    def forward(self, images):
        lead = images.mean(dim=(1, 2, 3)) + (0 * images).sum(dim=(1, 2, 3)).sqrt()
        return torch.stack([lead, 1 - lead], dim=1)


class OneLogit(nn.Module):
    """Answers with one number."""

    def forward(self, images):
        return images.mean(dim=(1, 2, 3))[:, None]


@pytest.mark.parametrize("name", REGISTRY)
def test_a_model_that_answers_with_no_number(name):
    with pytest.raises(ValueError, match="the model gives no answer for this film"):
        REGISTRY[name](Broken(), IMAGE, LABEL, ThreatModel(REGISTRY[name].norms[0]), seed=0, **needs(name))


@pytest.mark.parametrize("name", REGISTRY)
def test_a_model_with_one_logit(name):
    with pytest.raises(ValueError, match=r"two or more, got \(1, 1\)"):
        REGISTRY[name](OneLogit(), IMAGE, LABEL, ThreatModel(REGISTRY[name].norms[0]), seed=0, **needs(name))


@pytest.mark.parametrize("name", [name for name, attack in REGISTRY.items() if attack.knowledge == "white box"])
def test_a_model_without_a_gradient(name):
    with pytest.raises(ValueError, match="gives no gradient"):
        REGISTRY[name](Deaf(), IMAGE, LABEL, ThreatModel(REGISTRY[name].norms[0]), seed=0)


@pytest.mark.parametrize("lattice", [None, Lattice(np.linspace(0, 1, 3))])
@pytest.mark.parametrize("name", [name for name, attack in REGISTRY.items() if attack.knowledge == "white box"])
def test_a_model_whose_gradient_is_no_number(name, lattice):
    model, threat = Steep(), ThreatModel(REGISTRY[name].norms[0], epsilon=0.6, lattice=lattice)
    assert torch.isfinite(model(IMAGE)).all()
    with pytest.raises(ValueError, match="gradient is no number"):
        REGISTRY[name](model, IMAGE, model(IMAGE).argmax(1), threat, seed=0)


@pytest.mark.parametrize("name", REGISTRY)
def test_a_model_that_still_trains(name):
    model = nn.Sequential(nn.BatchNorm2d(1), tiny())
    with pytest.raises(ValueError, match="eval mode"):
        REGISTRY[name](model, IMAGE, LABEL, ThreatModel(REGISTRY[name].norms[0]), seed=0, **needs(name))
    assert model[0].num_batches_tracked == 0


@pytest.mark.parametrize("name", REGISTRY)
def test_a_threat_of_few_questions_allows_no_gradient(name):
    attack, threat = REGISTRY[name], ThreatModel(REGISTRY[name].norms[0], knowledge="queries")
    if attack.knowledge == "queries":
        attack(tiny(), IMAGE, LABEL, threat, seed=0)
        return
    with pytest.raises(ValueError, match=f"needs a {attack.knowledge} attacker"):
        attack(tiny(), IMAGE, LABEL, threat, seed=0, **needs(name))


def test_a_sticker_outside_the_region():
    region = np.zeros((8, 8), dtype=bool)
    region[:2] = True
    with pytest.raises(ValueError, match="covers no pixel that may change"):
        REGISTRY["patch"](tiny(), IMAGE, LABEL, ThreatModel(region=region, epsilon=1.0), seed=0, centre=(7, 7))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": 0}, "expected steps >= 1, got 0"),
        ({"restarts": 0}, "expected restarts >= 1"),
        ({"step_size": -1.0}, "expected step_size > 0"),
        ({"schedule": "zigzag"}, "cosine, constant"),
        ({"loss": "dlr"}, "margin, cross_entropy"),
    ],
)
def test_options_that_make_no_sense(options, words):
    with pytest.raises(ValueError, match=words):
        REGISTRY["pgd"](tiny(), IMAGE, LABEL, ThreatModel(), seed=0, **options)
