"""Defences: what each does to a film, that its gradient is the true attacker's, and that certificates hold."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import beta, norm
from torch import nn

import models
from robustness import REGISTRY, ThreatModel
from robustness.defences import DEFENCES, denoise, fits
from robustness.defences.denoise import LARGEST, Denoiser
from robustness.defences.ensemble import wrap as together
from robustness.defences.purify import WAYS
from robustness.defences.refer import REFER, Features, Referring, Squeezing, Unsure
from robustness.defences.smoothing import Certificate, Smoothed, certify
from tests.robustness.files import film
from tests.robustness.small_models import Brightness, tiny

FILMS = torch.tensor(np.stack([film(32, 28, seed) for seed in range(4)]), dtype=torch.float32)[:, None]
PURIFIERS = tuple(name for name, defence in DEFENCES.items() if defence.room == "purify")


def with_card(model: nn.Module, operating_point: float = 0.5) -> nn.Module:
    """The model with a whole card of its own."""
    model.card = replace(models.card("chest-undefended"), id="small", operating_point=operating_point, defended=False)
    return model.eval().requires_grad_(False)


def wrapped(name: str, model: nn.Module, tmp_path, monkeypatch) -> nn.Module:
    """Any defence around a small model, with the fits and the twin that it needs."""
    monkeypatch.setattr(fits, "FITS", tmp_path)
    monkeypatch.setattr(denoise, "WEIGHTS", tmp_path / "denoiser.safetensors")
    Denoiser().save()
    thresholds = {"squeezing": 0.5, "features": 5.0, "unsure": 0.45}
    fits.save_gaussians("small", torch.zeros(2, 8), torch.eye(8))
    fits.save_numbers("small", model.card.sha256, {"operating_point": {}, "threshold": thresholds})
    return together(model, DEFENCES[name], others=(tiny(seed=2),)) if name == "ensemble" else DEFENCES[name](model)


class Featured(nn.Module):
    """A small model with a last layer that can be looked at: eight features, two logits."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.body, self.head = nn.Conv2d(1, 8, 3, padding=1), nn.Linear(8, 2)

    def features(self, images):
        return self.body(images).relu().mean((2, 3))

    def forward(self, images):
        return 4 * self.head(self.features(images))


@pytest.fixture
def small():
    return with_card(Featured())


@pytest.mark.parametrize("name", DEFENCES)
def test_a_defended_model_is_a_model_that_any_attack_can_climb(name, small, tmp_path, monkeypatch):
    model = wrapped(name, small, tmp_path, monkeypatch)
    logits = model(FILMS)
    assert logits.shape == (4, len(model.card.classes))
    assert model.card.id == f"small+{name}"
    assert model.card.defended
    assert not any(parameter.requires_grad for parameter in model.parameters())
    labels = models.decision_logits(model, logits).argmax(1)
    threat = ThreatModel(epsilon=4 / 255)
    first, again = (
        REGISTRY["pgd"](wrapped(name, small, tmp_path, monkeypatch), FILMS, labels, threat, seed=0, steps=3)
        for _ in range(2)
    )
    assert torch.equal(first.images, again.images)
    assert (first.images - FILMS).abs().max() <= 4 / 255 + 1e-6
    assert first.largest_change.max() > 0


@pytest.mark.parametrize("name", PURIFIERS)
def test_the_gradient_is_that_of_the_washed_film(name, small):
    model = DEFENCES[name](small)
    images = FILMS.clone().requires_grad_()
    (around,) = torch.autograd.grad(model(images)[:, 1].sum(), images)
    washed = model.wash(FILMS).requires_grad_()
    (inside,) = torch.autograd.grad(small(washed)[:, 1].sum(), washed)
    assert torch.allclose(around, inside, atol=1e-6)
    assert torch.allclose(model(FILMS), small(washed), atol=1e-6)


@pytest.mark.parametrize("name", PURIFIERS)
def test_washing_takes_away_noise(name):
    clean = torch.linspace(0.2, 0.8, 32)[None, None, None].expand(1, 1, 32, 32).contiguous()
    noisy = clean + 0.02 * torch.sign(torch.randn(clean.shape, generator=torch.Generator().manual_seed(0)))
    way = dict(DEFENCES[name].options)
    wash = WAYS[way.pop("way")]
    left = (wash(noisy, **way) - wash(clean, **way)).abs().mean()
    assert left < (noisy - clean).abs().mean()


def test_bits_and_medians_by_hand():
    assert torch.equal(WAYS["bit_depth"](torch.tensor([[[[0.1, 0.4, 0.9]]]]), bits=1), torch.tensor([[[[0.0, 0, 1]]]]))
    spot = torch.zeros(1, 1, 5, 5)
    spot[..., 2, 2] = 1
    assert WAYS["median"](spot, side=3).max() == 0


def test_an_ensemble_decides_where_its_members_decide():
    first, second = with_card(Brightness(border=0.4), 0.7), with_card(Brightness(border=0.6), 0.3)
    both = together(first, DEFENCES["ensemble"], others=(second,))
    mean = (models.decision_logits(first, first(FILMS)) + models.decision_logits(second, second(FILMS))) / 2
    assert torch.allclose(models.decision_logits(both, both(FILMS)), mean, atol=1e-6)
    with pytest.raises(ValueError, match="needs other models"):
        DEFENCES["ensemble"](tiny())


@pytest.mark.parametrize(("size", "washed"), [((31, 28), (31, 28)), ((300, 448), (150, LARGEST))])
def test_a_denoiser_gives_films_back(size, washed):
    torch.manual_seed(0)
    denoiser = Denoiser((4, 8)).eval()
    films = torch.rand(2, 1, *size)
    untrained = denoiser(films)
    assert untrained.shape == (2, 1, *washed)
    if size == washed:
        assert torch.equal(untrained, films)  # it begins by taking nothing away
    nn.init.normal_(denoiser.end[0].weight)
    images = films.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(denoiser(images).sum(), images)
    assert gradient.abs().sum() > 0  # an attacker can aim through it
    assert 0 <= denoiser(films).min() <= denoiser(films).max() <= 1


def test_a_film_that_is_referred_is_not_misread(small):
    model = Referring(small, DEFENCES["features"], Features(small, torch.zeros(2, 8), torch.eye(8)), 1e-3)
    assert model.card.classes[0] == REFER
    assert (models.decision_logits(model, model(FILMS)).argmax(1) == 0).all()
    healthy = models.decision_logits(small, small(FILMS)).argmax(1)
    for goal in (1, 2):
        threat = ThreatModel(epsilon=2 / 255, goal=goal)
        assert not REGISTRY["pgd"](model, FILMS, healthy + 1, threat, seed=0, steps=3).flipped.any()


def test_detectors_by_hand(small):
    squeezing = Squeezing(small)
    margin = [small(film)[:, 1] - small(film)[:, 0] for film in (FILMS, *(w.wash(FILMS) for w in squeezing.washed))]
    apart = torch.stack([(washed - margin[0]).abs() for washed in margin[1:]]).amax(0)
    assert torch.allclose(squeezing(FILMS), apart, atol=1e-5)
    features, means = small.features(FILMS), torch.stack([torch.zeros(8), torch.ones(8)])
    distance = torch.stack([((features - mean) ** 2).sum(1) for mean in means]).amin(0)
    assert torch.allclose(Features(small, means, torch.eye(8))(FILMS), distance, atol=1e-5)
    probabilities = models.decision_logits(small, small(FILMS)).softmax(1)
    assert torch.allclose(Unsure(small)(FILMS), probabilities.amin(1), atol=1e-6)
    with pytest.raises(ValueError, match="was not fitted"):
        DEFENCES["squeezing"](tiny())


@pytest.mark.parametrize("name", ["squeezing", "features", "unsure"])
def test_suspicion_is_the_score_in_units_of_the_threshold(name, small, tmp_path, monkeypatch):
    model = wrapped(name, small, tmp_path, monkeypatch)
    logits = model(FILMS)
    assert torch.allclose(model.suspicion(logits), model.detector(FILMS) / model.threshold, atol=1e-5)
    refers = models.decision_logits(model, logits).argmax(1) == 0
    assert torch.equal(model.suspicion(logits) > 1, refers)


def test_the_certificate_is_the_closed_form_of_a_linear_model():
    """A linear model's smoothed radius is its distance from the border (Cohen et al. 2019, appendix B)."""
    model, image = Brightness(border=0.5).eval(), torch.full((1, 1, 16, 16), 0.52)
    distance = 0.02 * math.sqrt(256)  # mean brightness 0.02 above the border
    found = certify(model, image, sigma=0.25, seed=0, copies=20_000)
    assert found.decision == 1
    assert 0.85 * distance < found.radius <= distance
    assert found.levels(256) == pytest.approx(255 * found.radius / 16)


def test_nothing_inside_the_radius_breaks_the_certificate_and_something_well_outside_does():
    """Films near the border, attacked by one who sees the gradient of the vote itself."""
    model, sigma = tiny(seed=3), 0.1
    vote = Smoothed(model, DEFENCES["smoothing"], sigma, copies=64)
    broken = 0
    for row in range(len(FILMS)):
        film = FILMS[row : row + 1]
        found = certify(model, film, sigma=sigma, seed=1, copies=400)
        assert found.decision == 0
        assert 0 < found.radius < 0.9 * sigma * norm.ppf(beta.ppf(0.001, 400, 1)), "not all copies agree"

        def decided(times, film=film, radius=found.radius):
            threat = ThreatModel(norm="l2", epsilon=times * radius / math.sqrt(film.numel()))
            options = {"steps": 20, "early_stop": False}
            worst = REGISTRY["pgd"](vote, film, torch.tensor([0]), threat, seed=0, **options).images
            return certify(model, worst, sigma=sigma, seed=2, copies=400).decision

        assert decided(1.0) in (0, None)
        broken += decided(4.0) == 1
    assert broken >= 2


def test_a_coin_flip_is_not_certified():
    class Coin(nn.Module):
        def forward(self, images):
            lead = (images.mean((1, 2, 3)) - 0.5).sign()
            return torch.stack([-lead, lead], 1)

    assert certify(Coin(), torch.full((1, 1, 8, 8), 0.5), sigma=0.1, seed=0) == Certificate(None, 0.0, 0.1)
