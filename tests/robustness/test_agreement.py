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


def ours(name: str, norm: str, loss: str, **options) -> torch.Tensor:
    """The last iterate, since the peers return that and not the best."""
    last = []
    threat = ThreatModel(norm=norm, epsilon=EPSILON, **({"goal": options.pop("goal")} if "goal" in options else {}))
    REGISTRY[name](MODEL, IMAGES, LABELS, threat, seed=0, loss=loss, on_step=last.append, **options)
    return last[-1].images


def with_torchattacks(name: str, norm: str) -> torch.Tensor:
    if name == "fgsm":
        return torchattacks.FGSM(MODEL, eps=EPSILON)(IMAGES, LABELS)
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
        ("fgsm", "linf", with_foolbox),
        ("fgsm", "l2", with_foolbox),
        ("pgd", "linf", with_foolbox),
        ("pgd", "l2", with_foolbox),
    ],
)
def test_same_algorithm_same_film(name, norm, peer, loss):
    mine = ours(name, norm, loss, **(PLAIN if name == "pgd" else {}))
    theirs = peer(name, norm)
    assert (mine - theirs).abs().max() < 1e-5
    assert (mine - IMAGES).abs().max() > 1 / 255


def test_same_algorithm_towards_a_goal():
    attack = torchattacks.PGD(MODEL, eps=EPSILON, alpha=STRIDE, steps=STEPS, random_start=False)
    attack.set_mode_targeted_by_function(lambda images, labels: torch.ones_like(labels))
    theirs = attack(IMAGES, LABELS)
    mine = ours("pgd", "linf", "cross_entropy", goal=1, **PLAIN)
    assert (mine - theirs).abs().max() < 1e-5
