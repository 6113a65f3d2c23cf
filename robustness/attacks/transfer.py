"""Transfer (Papernot et al. 2016): the attack is made on another model, and this one only judges what came of it."""

from __future__ import annotations

import time
from dataclasses import replace

import torch
from torch import Tensor, nn

import models
from robustness.attacks import mi_fgsm, pgd
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.result import AttackResult, OnStep, Step
from robustness.threat import ThreatModel

INNER = {"mi_fgsm": mi_fgsm.run, "pgd": pgd.run}


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    surrogate: nn.Module | None = None,
    inner: str = "mi_fgsm",
    steps: int = 20,
    early_stop: bool = False,
) -> AttackResult:
    """A white-box attack on the `surrogate`; the model reads the film as it was and what came of it, nothing between.

    `surrogate` None: the model's twin in the zoo. `inner`: "mi_fgsm" or "pgd". `early_stop`: leave a film alone as soon
    as the surrogate is misled. A watcher sees what the model says at each step, which decides nothing.

    Raises:
        ValueError: no surrogate for a model outside the zoo, a surrogate with other classes, and as `Attack`.
    """
    began = time.perf_counter()
    if inner not in INNER:
        raise ValueError(f"expected inner to be one of {', '.join(INNER)}, got {inner!r}")
    budget, tally = Budget.of(images, threat), Tally(model, labels, threat, images, on_step=None)
    surrogate = _twin(model, images) if surrogate is None else surrogate
    rows = torch.arange(len(images), device=images.device)
    with torch.no_grad():
        tally.note(rows, images, model(images))
        _same_classes(tally.logits, surrogate(images[:1]))

    def watch(step: Step) -> bool | None:
        with torch.no_grad():
            return on_step(replace(step, logits=model(step.images)))

    made = INNER[inner](
        surrogate,
        images,
        labels,
        threat,
        seed=seed,
        on_step=watch if on_step is not None else None,
        steps=steps,
        early_stop=early_stop,
    )
    tally.score.fill_(-torch.inf)  # the attacker has but this one film, were it worse than the film as it was
    with torch.no_grad():
        tally.note(rows, made.images, model(made.images))
    result = tally.result(budget, seed, time.perf_counter() - began)
    return replace(result, steps=made.steps, stopped=made.stopped)


def _twin(model: nn.Module, images: Tensor) -> nn.Module:
    twin = getattr(getattr(model, "card", None), "twin", None)
    if twin is None:
        raise ValueError(
            "this model has no twin to attack in its place; pass a surrogate, a model with the same classes"
        )
    return models.load(twin, images.device)


def _same_classes(answers: Tensor, others: Tensor) -> None:
    if answers.shape[-1] != others.shape[-1]:
        raise ValueError(
            f"expected a surrogate with {answers.shape[-1]} classes like the model, got {others.shape[-1]}"
        )
