"""Adapters change what a model's answer looks like, never what it says."""

import math

import numpy as np
import pytest
import torch
from torch import nn

import models
from models.adapters import Oracle, from_probabilities, one_logit, one_of
from robustness import REGISTRY, ThreatModel
from tests.robustness.small_models import needs, tiny, with_card

FILMS = torch.linspace(0, 1, 3 * 8 * 8).view(3, 1, 8, 8)
LABELS = torch.tensor([0, 0, 0])
FINDINGS = ("effusion", "pneumonia", "nodule")


class Answers(nn.Module):
    """Answers every film with the mean brightness + the same numbers, in any shape."""

    def __init__(self, *numbers, shape=(-1,), card=None, end=None):
        super().__init__()
        self.offset = nn.Parameter(torch.tensor(numbers))
        self.shape, self.end = shape, end or nn.Identity()
        if card is not None:
            with_card(self, card)

    def forward(self, images):
        return self.end((images.mean(dim=(1, 2, 3))[:, None] + self.offset).view(len(images), *self.shape))


@pytest.mark.parametrize("shape", [(1,), ()])
def test_one_logit_becomes_two_with_the_same_probability(shape):
    model = one_logit(Answers(0.3, shape=shape))
    z = FILMS.mean(dim=(1, 2, 3)) + 0.3
    logits = model(FILMS)
    assert torch.allclose(logits, torch.stack([-z / 2, z / 2], 1))
    assert torch.allclose(models.disease_probability(model, logits), z.sigmoid())


def test_one_logit_keeps_the_operating_point_and_a_reading_is_the_same():
    model = one_logit(Answers(0.0, card=0.6))
    film = type("Film", (), {"pixels": np.full((8, 8), 0.5, np.float32)})  # sigmoid(0.5) = 0.622
    reading = models.read(model, film)
    assert (reading.prediction, reading.operating_point) == ("pneumonia", 0.6)
    assert reading.probability == pytest.approx(0.62246, abs=1e-5)
    model.card.operating_point = 0.63
    assert models.read(model, film).prediction == "normal"


@pytest.mark.parametrize(("finding", "names"), [(1, None), ("pneumonia", FINDINGS)])
def test_one_of_several_findings_stands_against_its_absence(finding, names):
    model = one_of(Answers(-3.0, 0.3, 3.0, card=0.2), finding, findings=names)
    assert torch.allclose(model(FILMS), one_logit(Answers(0.3))(FILMS))
    assert not hasattr(model, "card")


@pytest.mark.parametrize(("activation", "end"), [("softmax", nn.Softmax(dim=1)), ("sigmoid", nn.Sigmoid())])
def test_probabilities_become_logits_of_the_same_probabilities(activation, end):
    model = from_probabilities(Answers(-2.0, 0.3, 1.0, end=end), activation)
    logits, plain = model(FILMS), Answers(-2.0, 0.3, 1.0)(FILMS)
    assert torch.allclose(end(logits), end(plain), atol=1e-6)
    assert torch.allclose(logits[:, 2] - logits[:, 1], torch.full((3,), 0.7), atol=1e-5)


def test_adapters_go_together():
    model = one_of(from_probabilities(Answers(-2.0, 0.3, end=nn.Sigmoid()), "sigmoid"), 1)
    assert torch.allclose(model(FILMS), one_logit(Answers(0.3))(FILMS), atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        one_logit(tiny(1)),
        one_of(tiny(3), 2),
        one_logit(from_probabilities(nn.Sequential(tiny(1), nn.Sigmoid()), "sigmoid")),
    ],
    ids=["one logit", "several findings", "a probability"],
)
def test_gradients_pass(model):
    films = FILMS.double().requires_grad_()
    assert torch.autograd.gradcheck(model.double(), (films,), atol=1e-6)


def test_an_adapted_model_is_in_eval_mode_and_frozen_and_keeps_its_saliency_layer():
    inner = tiny(1).train().requires_grad_(True)
    model = one_logit(inner)
    assert not inner.training
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert model.saliency_layer is inner.saliency_layer
    assert not hasattr(model, "to_film")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (one_logit(Answers(0.0, 1.0)), r"expected one logit a film, of shape \[N, 1\] or \[N\], got \(3, 2\)"),
        (one_logit(Answers(0.0, shape=(1, 1))), r"got \(3, 1, 1\)"),
        (one_logit(Answers(0.0, end=torch.sum)), r"an answer for each of 3 films, got \(\)"),
        (one_logit(Answers(0.0, end=lambda answers: (answers,))), "with a tensor, got tuple"),
        (one_of(Answers(0.0, 1.0), 2), r"with a column 2, got \(3, 2\)"),
        (one_of(Answers(0.0, 1.0), -1), "with a column -1"),
        (one_of(Answers(0.0, shape=()), 0), r"\[N, findings\] with a column 0, got \(3,\)"),
        (from_probabilities(Answers(1.0), "sigmoid"), r"probabilities in \[0, 1\], got values from 1.16 to 1.84"),
    ],
)
def test_answers_that_do_not_fit(model, words):
    with pytest.raises(ValueError, match=words):
        model(FILMS)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_a_probability_rounded_to_one_keeps_a_finite_logit_and_warns_who_wants_a_gradient(activation):
    end = nn.Sigmoid() if activation == "sigmoid" else nn.Softmax(1)
    model = from_probabilities(Answers(0.0, 200.0, end=end), activation)
    logits = model(FILMS)
    assert torch.isfinite(logits).all()
    assert (logits[:, 1] - logits[:, 0] > 10).all()
    with pytest.warns(RuntimeWarning, match=f"no gradient is left.*before its {activation}"):
        model(FILMS.clone().requires_grad_())


def test_probabilities_that_saturate_on_the_way_end_no_attack():
    model = from_probabilities(nn.Sequential(tiny(2, seed=1), Times(40), nn.Softmax(1)), "softmax").eval()
    labels, threat = model(FILMS).argmax(1), ThreatModel(epsilon=0.25)
    for name in ("square", "hop_skip_jump", "rays"):
        assert REGISTRY[name](model, FILMS, labels, threat, seed=0).flipped.any()


def test_wishes_that_do_not_fit():
    with pytest.raises(ValueError, match="a finding out of effusion, pneumonia, nodule, got 'gout'"):
        one_of(tiny(3), "gout", findings=FINDINGS)
    with pytest.raises(ValueError, match="a finding out of none, got 'nodule'"):
        one_of(tiny(3), "nodule")
    with pytest.raises(ValueError, match="one of softmax, sigmoid, got 'tanh'"):
        from_probabilities(tiny(), "tanh")


@pytest.mark.parametrize("model", [one_logit(Answers(math.nan)), one_of(Answers(math.nan, 0.0), 0)])
def test_no_number_is_refused_by_every_attack(model):
    for name, attack in REGISTRY.items():
        with pytest.raises(ValueError, match="no answer for this film"):
            attack(model, FILMS, LABELS, ThreatModel(attack.norms[0]), seed=0, **needs(name))


class Times(nn.Module):
    """So many times its input."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, images):
        return self.factor * images


def scores(films: np.ndarray) -> np.ndarray:
    """A service that takes and gives NumPy arrays: the disease where the film is brighter than 0.5."""
    lead = 10 * (films.mean(axis=(1, 2, 3)) - 0.5)
    return np.stack([-lead / 2, lead / 2], axis=1)


@pytest.mark.parametrize("name", [name for name, attack in REGISTRY.items() if attack.knowledge == "white box"])
def test_a_white_box_attack_on_an_oracle_names_those_that_only_ask(name):
    with pytest.raises(ValueError, match=r"gives no gradient.*Square attack, RayS or HopSkipJump"):
        REGISTRY[name](Oracle(scores), FILMS, LABELS, ThreatModel(REGISTRY[name].norms[0]), seed=0)


def test_a_model_whose_weights_alone_have_a_gradient_is_refused_as_well():
    model = nn.Sequential(Oracle(scores), nn.Linear(2, 2))
    with pytest.raises(ValueError, match="gives no gradient"):
        REGISTRY["pgd"](model, FILMS, model(FILMS).argmax(1), ThreatModel(), seed=0)


@pytest.mark.parametrize("name", ["square", "hop_skip_jump", "rays"])
def test_an_oracle_can_be_asked_until_it_errs(name):
    films = torch.full((2, 1, 8, 8), 0.49)
    threat = ThreatModel("linf", epsilon=8 / 255)
    result = REGISTRY[name](Oracle(scores), films, LABELS[:2], threat, seed=0)
    assert result.flipped.all()
    assert (result.queries > 0).all()
    assert (result.images - films).abs().max() <= 8 / 255 + 1e-6


def test_an_oracle_with_one_score_goes_through_the_same_adapters():
    asked = one_logit(Oracle(lambda films: 10 * (films.mean(axis=(1, 2, 3)) - 0.5)))
    assert torch.allclose(asked(FILMS), Oracle(scores)(FILMS), atol=1e-6)
