"""Where the algorithm is the same, the result is that of torchattacks and foolbox, to 1e-5."""

import math

import foolbox
import numpy as np
import pytest
import torch
import torchattacks

from robustness import REGISTRY, ThreatModel
from tests.robustness.files import film
from tests.robustness.small_models import tiny

EPSILON, STRIDE, STEPS = 6 / 255, 1 / 255, 10
MODEL = tiny(seed=1)
IMAGES = torch.tensor(np.stack([film(32, 28, seed) for seed in range(4)]), dtype=torch.float32)[:, None]
LABELS = MODEL(IMAGES).argmax(1)
ROOT = math.sqrt(IMAGES[0].numel())  # the peers measure L2 as a sum, we as a root mean square
PLAIN = {"steps": STEPS, "step_size": STRIDE, "schedule": "constant", "early_stop": False}
OPTIONS = {"pgd": PLAIN, "mi_fgsm": {"steps": STEPS, "step_size": STRIDE, "momentum": 0.7}}


def ours(name: str, norm: str, loss: str, **options) -> torch.Tensor:
    """The last iterate, since the peers return that and not the best."""
    last = []
    threat = ThreatModel(norm=norm, epsilon=EPSILON, **({"goal": options.pop("goal")} if "goal" in options else {}))
    REGISTRY[name](MODEL, IMAGES, LABELS, threat, seed=0, loss=loss, on_step=last.append, **options)
    return last[-1].images


def with_torchattacks(name: str, norm: str) -> torch.Tensor:
    if name == "fgsm":
        return torchattacks.FGSM(MODEL, eps=EPSILON)(IMAGES, LABELS)
    if name == "mi_fgsm":
        return torchattacks.MIFGSM(MODEL, eps=EPSILON, alpha=STRIDE, steps=STEPS, decay=0.7)(IMAGES, LABELS)
    if norm == "linf":
        return torchattacks.PGD(MODEL, eps=EPSILON, alpha=STRIDE, steps=STEPS, random_start=False)(IMAGES, LABELS)
    attack = torchattacks.PGDL2(MODEL, eps=EPSILON * ROOT, alpha=STRIDE * ROOT, steps=STEPS, random_start=False)
    return attack(IMAGES, LABELS)


def with_foolbox(name: str, norm: str) -> torch.Tensor:
    size = 1.0 if norm == "linf" else ROOT
    options = {"random_start": False}
    if name == "pgd":
        options |= {"steps": STEPS, "abs_stepsize": STRIDE * size}
    attacks = {
        ("fgsm", "linf"): foolbox.attacks.LinfFastGradientAttack,
        ("fgsm", "l2"): foolbox.attacks.L2FastGradientAttack,
        ("pgd", "linf"): foolbox.attacks.LinfPGD,
        ("pgd", "l2"): foolbox.attacks.L2PGD,
    }
    model = foolbox.PyTorchModel(MODEL, bounds=(0, 1), device="cpu")
    criterion = foolbox.criteria.Misclassification(LABELS)
    return attacks[name, norm](**options).run(model, IMAGES, criterion, epsilon=EPSILON * size)


@pytest.mark.parametrize("loss", ["margin", "cross_entropy"])
@pytest.mark.parametrize(
    ("name", "norm", "peer"),
    [
        ("fgsm", "linf", with_torchattacks),
        ("pgd", "linf", with_torchattacks),
        ("pgd", "l2", with_torchattacks),
        ("mi_fgsm", "linf", with_torchattacks),
        ("fgsm", "linf", with_foolbox),
        ("fgsm", "l2", with_foolbox),
        ("pgd", "linf", with_foolbox),
        ("pgd", "l2", with_foolbox),
    ],
)
def test_same_algorithm_same_film(name, norm, peer, loss):
    mine = ours(name, norm, loss, **OPTIONS.get(name, {}))
    theirs = peer(name, norm)
    assert (mine - theirs).abs().max() < 1e-5
    assert (mine - IMAGES).abs().max() > 1 / 255


def test_same_algorithm_towards_a_goal():
    attack = torchattacks.PGD(MODEL, eps=EPSILON, alpha=STRIDE, steps=STEPS, random_start=False)
    attack.set_mode_targeted_by_function(lambda images, labels: torch.ones_like(labels))
    theirs = attack(IMAGES, LABELS)
    mine = ours("pgd", "linf", "cross_entropy", goal=1, **PLAIN)
    assert (mine - theirs).abs().max() < 1e-5


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_auto_pgd_takes_the_steps_of_the_peer(norm):
    """From the peer's own random start, the largest cross entropy met is the same after fifty steps."""
    peer = torchattacks.APGD(
        MODEL, norm={"linf": "Linf", "l2": "L2"}[norm], eps=EPSILON * (1 if norm == "linf" else ROOT), steps=50, seed=3
    )
    torch.manual_seed(0)
    theirs = peer.attack_single_run(IMAGES, LABELS)[2]
    torch.manual_seed(0)
    draw = 2 * torch.rand(IMAGES.shape) - 1 if norm == "linf" else torch.randn(IMAGES.shape)
    by = draw.abs().flatten(1).amax(1) if norm == "linf" else draw.flatten(1).norm(dim=1) / ROOT
    start = (IMAGES + EPSILON * draw / by[:, None, None, None]).clamp(0, 1)
    seen = []
    REGISTRY["apgd"](
        MODEL, IMAGES, LABELS, ThreatModel(norm=norm, epsilon=EPSILON), seed=0, steps=50, loss="cross_entropy",
        early_stop=False, start=start, on_step=lambda step: seen.append(cross_entropy(step.logits, LABELS)) and None,
    )  # fmt: skip
    assert torch.stack(seen).amax(0) == pytest.approx(theirs, abs=1e-5)


def cross_entropy(logits, labels):
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none")


class OnTheFence(torch.nn.Module):
    """The model with its border moved to where its readings lie, so that a score attack can flip some of them."""

    def __init__(self, images: torch.Tensor) -> None:
        super().__init__()
        self.inner = MODEL  # peers ask a parameter for the device
        self.middle = MODEL(images).mean(0).detach()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.inner(images) - self.middle


def test_square_flips_about_as_many_as_the_peer_with_as_many_questions():
    rng = torch.Generator().manual_seed(0)
    images = (IMAGES.repeat(8, 1, 1, 1) + 0.02 * torch.randn((32, 1, 32, 28), generator=rng)).clamp(0, 1)
    model = OnTheFence(images)
    labels, epsilon, questions = model(images).argmax(1), 1 / 255, 150
    peer = torchattacks.Square(model, norm="Linf", eps=epsilon, n_queries=questions, p_init=0.8, loss="margin", seed=0)
    theirs = int((model(peer(images, labels)).argmax(1) != labels).sum())
    result = REGISTRY["square"](model, images, labels, ThreatModel(epsilon=epsilon), seed=0, steps=questions)
    assert 10 < theirs < 30
    assert int(result.flipped.sum()) >= theirs - 4
    assert (result.queries <= questions + 1).all()
