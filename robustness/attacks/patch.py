"""A sticker as large as a side marker, in plain sight (Brown et al. 2017): where it does most, and what it shows."""

from __future__ import annotations

import time

import torch
from torch import Generator, Tensor, nn

from models import decision_logits
from robustness.attacks.apgd import climb
from robustness.attacks.ascent import gradient_of
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import margin
from robustness.norms import column
from robustness.result import AttackResult, OnStep
from robustness.stickers import awry, promising, squares
from robustness.threat import ThreatModel


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 40,
    side: float = 0.08,
    centre: tuple[int, int] | None = None,
    places: int = 12,
    shift: float = 0.0,
    turn: float = 0.0,
    early_stop: bool = False,
) -> AttackResult:
    """One square of each film changes, nothing outside it; under it the threat's epsilon holds, 1 for a real sticker.

    Of `places` tried with one long step, half are those where the gradient promises most and half are random; at the
    best one Auto-PGD draws the texture. What of a sticker lies outside the threat's region is cut off.

    Args:
        side: of the sticker, as a share of the film's shorter side.
        centre: row and column of the pixel at its middle, for all films; None: the attack finds a place.
        shift, turn: how far it may be stuck on awry, as a share of its side and in degrees; the texture is then made
            for a few random ways at each step (expectation over transformations).

    Raises:
        ValueError: a side outside (0, 1], a centre beside the film or outside the region, and as `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or places < 1 or not 0 < side <= 1 or not shift >= 0 or not turn >= 0:
        raise ValueError(
            "expected steps >= 1, places >= 1, side in (0, 1], shift >= 0 and turn >= 0, "
            f"got {steps}, {places}, {side}, {shift} and {turn}"
        )
    budget, tally = Budget.of(images, threat), Tally(model, labels, threat, images, on_step=on_step)
    height, width = images.shape[-2:]
    if centre is not None and not (0 <= centre[0] < height and 0 <= centre[1] < width):
        raise ValueError(f"expected a centre on the film of {height} rows and {width} columns, got {centre}")
    length = max(1, round(side * min(height, width)))
    tally.total = steps + 1 + (places if centre is None else 0) if budget.room else 0
    film, rows = images.clone().requires_grad_(), torch.arange(len(images), device=images.device)
    logits = model(film)
    won = tally.note(rows, images, logits.detach())
    lead = margin(decision_logits(model, logits), labels, threat.goal)
    gradient = gradient_of(lead.sum(), film)
    rows = rows[~won] if early_stop else rows
    if budget.room and len(rows) and not tally.stopped:
        generator, inside, points = Generator().manual_seed(seed), budget.take(rows), images[rows]
        corners = _corners(images, centre or (0, 0), length)
        if centre is None:
            tried = promising(gradient[rows], inside, length, places, generator)
            corners[rows], points = _best(tally, inside, rows, gradient[rows], tried, length)
        views = awry(images, corners, length, shift, turn, generator) if shift or turn else None
        inside = inside.only(squares(points, corners[rows], length))
        if centre is not None and not inside.room:
            raise ValueError(f"a sticker about {centre} covers no pixel that may change; place it within the region")
        if not tally.stopped:
            climb(tally, inside, rows, points, steps=steps, loss="margin", early_stop=early_stop, views=views)
    return tally.result(budget, seed, time.perf_counter() - began)


def _corners(images: Tensor, centre: tuple[int, int], length: int) -> Tensor:
    """The upper left corner of a sticker about `centre`, as far in as it takes to lie on the film; `[N, 2]`."""
    corner = torch.tensor(centre, device=images.device) - length // 2
    last = torch.tensor(images.shape[-2:], device=images.device) - length
    return corner.clamp_min(0).minimum(last).repeat(len(images), 1)


def _best(
    tally: Tally, inside: Budget, rows: Tensor, gradient: Tensor, corners: Tensor, length: int
) -> tuple[Tensor, Tensor]:
    """Show the model a sticker of one long step at each of `corners` `[n, places, 2]`.

    Returns each film's best corner, `[n, 2]`, and the film with that sticker.
    """
    chosen, points = corners[:, 0].clone(), inside.reference
    best = torch.full_like(inside.radius, -torch.inf)
    far = inside.reference + column(inside.radius) * inside.direction(gradient)
    for corner in corners.unbind(1):
        tried = inside.only(squares(far, corner, length)).project(far.clone())
        stored = inside.store(tried)
        with torch.no_grad():
            logits = tally.model(stored)
        tally.note(rows, stored, logits)
        lead = margin(decision_logits(tally.model, logits), tally.labels[rows], tally.goal)
        better = lead > best
        chosen[better] = corner[better]
        points, best = torch.where(column(better), tried, points), torch.maximum(best, lead)
        if tally.stopped:
            break
    return chosen, points
