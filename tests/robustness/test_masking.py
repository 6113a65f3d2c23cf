"""A model that resists by hiding its gradient is found out; an ordinary one is not."""

import numpy as np
import torch
from torch import nn

from robustness import ThreatModel
from robustness.masking import _check, check_masking, surface
from tests.robustness.files import film
from tests.robustness.small_models import tiny

FILMS = torch.tensor(np.stack([film(24, 24, seed) for seed in range(10)]), dtype=torch.float32)[:, None]
THREAT = ThreatModel(epsilon=4 / 255)


class OnTheFence(nn.Module):
    """A small network whose border runs through the films; `steps` of a staircase before it hide its gradient."""

    def __init__(self, steps: int | None) -> None:
        super().__init__()
        self.network, self.steps = tiny(seed=1), steps
        self.middle = self.network(self.stairs(FILMS)).mean(0).detach()

    def stairs(self, images: torch.Tensor) -> torch.Tensor:
        """Flat nearly everywhere; the sine keeps a tiny gradient that points at random."""
        if self.steps is None:
            return images
        return (images * self.steps).round() / self.steps + 1e-7 * torch.sin(1e4 * images)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return 60 * (self.network(self.stairs(images)) - self.middle)


class HalfHidden(nn.Module):
    """Hides its gradient on the darker half of the films only; there a gradient attack fails and asking pays."""

    def __init__(self, images: torch.Tensor) -> None:
        super().__init__()
        self.hidden, self.plain = OnTheFence(40), OnTheFence(None)
        self.border = images.mean(dim=(1, 2, 3)).median()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        dark = (images.mean(dim=(1, 2, 3)) <= self.border)[:, None]
        return torch.where(dark, self.hidden(images), self.plain(images))


def checked(model, norm="linf", questions=60):
    labels, threat = model(FILMS).argmax(1), ThreatModel(norm=norm, epsilon=4 / 255)
    return check_masking(model, FILMS, labels, threat, seed=0, steps=10, questions=questions, draws=5)


def test_an_ordinary_model_is_honest():
    found = checked(OnTheFence(None).eval())
    assert found.honest, [check for check in found.checks if not check.held]
    assert len(found.checks) == 5
    assert all(check.stronger.n == len(FILMS) for check in found.checks)


def test_a_staircase_is_found_out():
    found = checked(OnTheFence(40).eval())
    assert not found.honest
    failed = [check.name for check in found.checks if not check.held]
    assert any("only asks" in name or "Random search" in name for name in failed)


def test_films_that_only_asking_flips_are_a_sign_even_where_both_flip_as_many():
    stronger = torch.arange(10) < 5
    found = _check("what should hold", stronger, stronger.roll(3), tolerance=0.02)
    assert found.stronger.value == found.weaker.value == 0.5
    assert found.missed == 3
    assert not found.held


def test_a_model_that_hides_its_gradient_on_some_films_is_found_out():
    assert not checked(HalfHidden(FILMS).eval()).honest


def test_in_l2_too_somebody_only_asks():
    honest, masked = (checked(OnTheFence(steps).eval(), "l2", questions=200) for steps in (None, 40))
    assert honest.honest, [check for check in honest.checks if not check.held]
    assert not {check.name: check.held for check in masked.checks}["An attacker who only asks does no better"]


def test_the_surface_is_the_margin_around_the_film():
    model = OnTheFence(None).eval()
    label = model(FILMS[:1]).argmax(1)
    around = surface(model, FILMS[:1], label, THREAT, seed=0, side=5)
    logits = model(FILMS[:1])[0]
    assert around.shape == (5, 5)
    assert torch.isclose(around[2, 2], logits[1 - label[0]] - logits[label[0]], atol=1e-5)
    assert around[4, 2] > around[2, 2] > around[0, 2]
