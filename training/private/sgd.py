"""A linear reading of fixed features, trained the ordinary way or with DP-SGD (Abadi et al., CCS 2016), by Opacus.

What is protected: one patient with all films. Two training sets are neighbours if one has a patient more; for any two
such, whatever is concluded from the weights is at most e^ε times likelier under one than under the other, but for a
chance of δ. ε counts the one training that made the model, and no trial before it. Settings were chosen on other
patients, who are not protected; that a set holds some n patients is public.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import torch
import torch.nn.functional as F
from opacus.accountants import PRVAccountant
from opacus.accountants.utils import get_noise_multiplier
from opacus.grad_sample import GradSampleModule
from opacus.optimizers import DPOptimizer
from torch import Generator, Tensor, nn

from training.private.patients import Patients

DELTA = 1e-5


@dataclass(frozen=True)
class Plan:
    """`share` of the patients that a step draws, each by a coin of its own (Poisson sampling); `clip`: the longest
    gradient of one patient; the model is the mean of the weights over the last half of the steps."""

    steps: int
    share: float
    rate: float
    clip: float = float("inf")
    momentum: float = 0.9


ORDINARY = Plan(steps=600, share=0.2, rate=20.0)
PRIVATE = Plan(steps=200, share=0.2, rate=12.5, clip=0.1)  # the rate for ε = 1


def plan_for(epsilon: float | None) -> Plan:
    """How to train under this promise: noise falls about as ε grows, so the rate may grow with it."""
    return ORDINARY if epsilon is None else replace(PRIVATE, rate=PRIVATE.rate * epsilon)


@cache
def noise_for(epsilon: float, plan: Plan = PRIVATE, delta: float = DELTA) -> float:
    """Spread of the noise, in clips, with which a whole plan stays within (ε, δ), by Opacus' accountant (Gopi et al.,
    NeurIPS 2021)."""
    return get_noise_multiplier(
        target_epsilon=epsilon, target_delta=delta, sample_rate=plan.share, steps=plan.steps, accountant="prv"
    )


def spent(noise: float, plan: Plan = PRIVATE, delta: float = DELTA) -> float:
    """The ε that a whole plan spends with so much noise."""
    accountant = PRVAccountant()
    accountant.history = [(noise, plan.share, plan.steps)]
    return accountant.get_epsilon(delta)


def train(
    patients: Patients,
    *,
    epsilon: float | None,
    seed: int,
    plan: Plan | None = None,
    expected: float | None = None,
    noise: float | None = None,
) -> nn.Linear:
    """Logit of the disease from features `[…, LENGTH]`. Same seed, same model.

    Args:
        patients: whom to learn from.
        epsilon: of the promise, at `DELTA`; None for ordinary training.
        seed: of the draws and of the noise. A model that is to keep a secret must not tell it, nor use a generator that
            can be guessed; here anyone should be able to remake the figures.
        plan: else `plan_for` this promise.
        expected: patients that were to be expected, where `patients` are a random part of a set; else their number.
        noise: in clips, else as much as the promise takes; less of it breaks the promise.
    """
    plan = plan or plan_for(epsilon)
    generator = Generator().manual_seed(seed)
    head, average = (_zero(patients.features.shape[-1]) for _ in range(2))
    rate = plan.rate / (plan.share * (expected or len(patients)))
    model, optimizer = head, torch.optim.SGD(head.parameters(), rate, momentum=plan.momentum)
    if epsilon is not None:
        model = GradSampleModule(head, loss_reduction="sum")
        optimizer = DPOptimizer(
            optimizer,
            noise_multiplier=noise_for(epsilon, plan) if noise is None else noise,
            max_grad_norm=plan.clip,
            expected_batch_size=None,
            loss_reduction="sum",
            generator=generator,
        )
    kept = plan.steps - plan.steps // 2
    for step in range(plan.steps):
        drawn = torch.nonzero(torch.rand(len(patients), generator=generator) < plan.share).flatten()
        optimizer.zero_grad()
        _loss(model, patients, drawn).backward()
        optimizer.step()
        if step >= plan.steps - kept:
            _add(average, head, 1 / kept)
    return average.requires_grad_(False)


def _zero(features: int) -> nn.Linear:
    head = nn.Linear(features, 1)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    return head


def _loss(model: nn.Module, patients: Patients, drawn: Tensor) -> Tensor:
    """Sum over the drawn patients of the mean loss on their films."""
    logits = model(patients.features[drawn]).squeeze(-1)
    losses = F.binary_cross_entropy_with_logits(logits, patients.labels[drawn], reduction="none")
    return (patients.weights[drawn] * losses).sum()


@torch.no_grad()
def _add(average: nn.Linear, head: nn.Linear, share: float) -> None:
    average.weight += share * head.weight
    average.bias += share * head.bias
