"""All strong attacks in turn, nothing to tune: what a claim of robustness has to stand (Croce and Hein 2020)."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from robustness.attacks.apgd import climb
from robustness.attacks.fmn import tighten
from robustness.attacks.square import paint
from robustness.attacks.starts import starts
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.norms import NORMS
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

SHARE = 0.8  # of the film that the first square covers


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 50,
    restarts: int = 1,
    tightenings: int = 20,
    questions: int = 500,
    early_stop: bool = True,
    give_up: bool = True,
) -> AttackResult:
    """APGD on the cross entropy from the film, APGD on the margin from random points, `tightenings` steps of the
    minimum-norm attack (FMN), which finds what lies near where APGD leaps over it, and in L∞ the Square attack, which
    needs no gradient and so sees through a masked one.

    Each film goes on to the next attack only if it has not flipped; with `give_up` Square leaves a film, too, whose
    pace tells that it will hardly flip in time (`Doublings`). With `early_stop` off every film meets them all to their
    end, and the film that leads furthest is kept. Errors: see `Attack`.
    """
    began = time.perf_counter()
    for value, what in (
        (steps, "steps"),
        (restarts, "restarts"),
        (tightenings, "tightenings"),
        (questions, "questions"),
    ):
        if value < 1:
            raise ValueError(f"expected {what} >= 1, got {value}")
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step)
    generator = torch.Generator().manual_seed(seed)
    steps = steps if budget.room else 0
    asks = questions if budget.room and budget.norm is NORMS["linf"] else 0
    tightenings = tightenings if budget.room else 0
    tally.total = (1 + restarts) * (steps + 1) + (tightenings + 1 if tightenings else 0) + asks - 1
    for loss, runs, chance in (("cross_entropy", 1, False), ("margin", restarts if steps else 0, True)):
        options = {"restarts": runs, "random_start": chance, "early_stop": early_stop}
        for rows, inside, points in starts(tally, budget, generator, **options):
            climb(tally, inside, rows, points, steps=steps, loss=loss, early_stop=early_stop)
    options = {"restarts": min(tightenings, 1), "random_start": False, "early_stop": early_stop}
    for rows, inside, points in starts(tally, budget, generator, **options):
        tighten(tally, inside, rows, points, steps=tightenings, early_stop=early_stop)
    options = {"restarts": min(asks, 1), "random_start": False, "early_stop": early_stop}
    ends = {"early_stop": early_stop, "give_up": early_stop and give_up}
    for rows, inside, _ in starts(tally, budget, generator, **options):
        paint(tally, inside, rows, generator, steps=asks, share=SHARE, **ends)
    return tally.result(budget, seed, time.perf_counter() - began)
