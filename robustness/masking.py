"""Does a model resist, or does it only hide its gradient? The checks that every claim of robustness has to pass.

After Athalye, Carlini and Wagner 2018 (section 3.1) and Carlini et al. 2019 (On evaluating adversarial robustness).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor, nn

from measures import Estimate, rate
from models import decision_logits
from robustness.attacks import REGISTRY
from robustness.attacks.ascent import gradient_of
from robustness.budget import Budget
from robustness.losses import margin, reached
from robustness.norms import NORMS
from robustness.threat import ThreatModel


@dataclass(frozen=True)
class Check:
    """One sign of a masked gradient: `name` of what should hold, whether it does, and the two shares of films that were
    flipped: by what should do better (`stronger`), by what it is measured against (`weaker`). `missed` films were
    flipped by the weaker alone: two equal shares of different films are a sign, too."""

    name: str
    held: bool
    stronger: Estimate
    weaker: Estimate
    missed: int


@dataclass(frozen=True, eq=False)
class Masking:
    """All checks on a batch; `surface` `[side, side]` is the attacker's margin of the first film, from −1 to 1 epsilon
    along its gradient's sign (rows) and along a random sign (columns): smooth in an honest model, ragged in a masked
    one."""

    checks: tuple[Check, ...]
    surface: Tensor

    @property
    def honest(self) -> bool:
        """Whether no check found a sign of masking."""
        return all(check.held for check in self.checks)


def check_masking(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    steps: int = 20,
    questions: int = 200,
    draws: int = 20,
    tolerance: float = 0.02,
) -> Masking:
    """Attack a batch `[N, 1, H, W]` in six ways and compare how many films flip.

    Args:
        steps: of PGD; the longer run takes five times as many, with two restarts.
        questions: of the attack that only asks: Square, or HopSkipJump in L2.
        draws: random points of the ball for each film.
        tolerance: share of films that something that should be weaker may flip alone.

    Raises:
        ValueError: as `Attack`.
    """

    def flipped(name: str, rules: ThreatModel = threat, **options: object) -> Tensor:
        return REGISTRY[name](model, images, labels, rules, seed=seed, **options).flipped

    one = flipped("fgsm")
    plain = flipped("pgd", steps=steps, early_stop=True)
    longer = flipped("pgd", steps=5 * steps, restarts=3, early_stop=True)
    unbounded = flipped("pgd", replace(threat, epsilon=1.0), steps=5 * steps, early_stop=True)
    by_chance = _random_points(model, images, labels, threat, seed, draws)
    if threat.norm == "linf":
        asked = flipped("square", steps=questions)
    else:
        asked = flipped("hop_skip_jump", queries=questions, early_stop=True)
    checks = (
        _check("Many small steps flip every film that a single one flips", plain, one, tolerance),
        _check("Five times the steps and two restarts flip no other film", plain, longer, tolerance),
        _check("With no limit every film flips", unbounded, torch.ones_like(plain), tolerance),
        _check("Random search finds nothing that the gradient missed", plain | longer, by_chance, tolerance),
        _check("An attacker who only asks does no better", plain | longer, asked, tolerance),
    )
    return Masking(checks, surface(model, images[:1], labels[:1], threat, seed=seed))


def surface(
    model: nn.Module, image: Tensor, label: Tensor, threat: ThreatModel, *, seed: int, side: int = 17
) -> Tensor:
    """The attacker's margin around one film `[1, 1, H, W]`, `[side, side]`; see `Masking`."""
    film = image.clone().requires_grad_(True)
    lead = margin(decision_logits(model, model(film)), label, threat.goal)
    gradient = gradient_of(lead.sum(), film)
    chance = NORMS["linf"].noise(image, Generator().manual_seed(seed))
    offsets = torch.linspace(-threat.epsilon, threat.epsilon, side).to(image)
    rows = []
    with torch.no_grad():
        for along in offsets:
            films = image + along * gradient.sign() + offsets[:, None, None, None] * chance
            answers = decision_logits(model, model(films.clamp(0, 1)))
            rows.append(margin(answers, label.expand(side), threat.goal))
    return torch.stack(rows)


def _random_points(
    model: nn.Module, images: Tensor, labels: Tensor, threat: ThreatModel, seed: int, draws: int
) -> Tensor:
    """Which films flip at one of some random points of the budget, bool `[N]`."""
    budget, generator = Budget.of(images, threat), Generator().manual_seed(seed)
    found = torch.zeros(len(images), dtype=torch.bool, device=images.device)
    for _ in range(draws):
        with torch.no_grad():
            answers = decision_logits(model, model(budget.store(budget.random(generator))))
        found |= reached(answers, labels, threat.goal)
    return found


def _check(name: str, stronger: Tensor, weaker: Tensor, tolerance: float) -> Check:
    n, missed = len(stronger), int((weaker & ~stronger).sum())
    return Check(name, missed <= tolerance * n, rate(int(stronger.sum()), n), rate(int(weaker.sum()), n), missed)
