"""RayS (Chen and Gu 2020, Algorithm 2): decisions alone, over the corners of the L∞ ball, one block of signs at a time.

The attacker never estimates a gradient. He darkens or brightens every block of the film by one and the same amount, as
little as still flips the reading; then he turns one block after another over and keeps a turn that lets him do with
less. As a radiograph is a picture and no string, blocks are squares here, in random order, and ever smaller.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor, nn

from robustness.attacks.inquiry import Inquiry, interrogate
from robustness.norms import column
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

STRENGTHS = (1 / 8, 1 / 2, 1)  # of a whole direction, tried one after another until the film flips
DIRECTIONS = 16  # random ones tried where no film is given to begin with
HALVINGS = 6  # of the strength of the first direction
LESS = 1 / 200  # a turned block is kept if the film flips with so much less; then twice as much less, and so on
EVERY = 10  # turns after which a watcher sees the film


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    queries: int = 500,
    grid: int = 4,
    start: Tensor | None = None,
    early_stop: bool = False,
) -> AttackResult:
    """Asks only for decisions, at most about `queries` times for each film; `result.queries` counts them exactly.

    Turns the blocks of `grid` × `grid`, then of twice as many a side, and so on. `start` `[M, 1, H, W]`: films that the
    model reads otherwise; the first direction is the sign of the way there. None, or where none of them serves: signs
    at random. `early_stop`: leave a film alone once a flip within the budget is found; else the nearest flip is kept.

    Between two grey levels of a coarse file a share of the pixels takes the upper one, so that the amount still counts.
    Errors: see `Attack`.
    """
    if queries < 1 or grid < 1:
        raise ValueError(f"expected queries and grid >= 1, got {queries} and {grid}")
    search = partial(_search, start=start, queries=queries, grid=grid, early_stop=early_stop)
    given = 0 if start is None else len(start)
    shows = 2 + given + DIRECTIONS + len(images) + queries // EVERY
    return interrogate(model, images, labels, threat, search, seed=seed, on_step=on_step, shows=shows, start=start)


def _search(inquiry: Inquiry, rows: Tensor, *, start: Tensor | None, queries: int, grid: int, early_stop: bool) -> None:
    tally, limit = inquiry.tally, inquiry.budget.radius
    rays, blocks = _Rays(inquiry), _blocks(inquiry, grid)
    signs, amount, going = rays.begin(rows, start, queries)
    look = torch.ones_like(going)  # whose film is shown: all of them now and then, one at once as it fits the budget
    for turn in itertools.count(1):
        if bool(look.any()) and not tally.stopped:
            shown = rays.films(rows[look], signs[look], amount[look])
            won = inquiry.show(rows[look], shown)
            going[look] &= ~(won & early_stop)
        going &= tally.queries[rows] < queries
        rows, signs, amount = rows[going], signs[going], amount[going]
        if not len(rows) or tally.stopped:
            return
        turned, before = signs.clone(), amount
        turned[:, :, *next(blocks)] *= -1
        amount, good = rays.lessen(rows, turned, amount)
        signs, going = torch.where(column(good), turned, signs), torch.ones_like(good)
        look = (before > limit[rows]) & (amount <= limit[rows]) | (turn % EVERY == 0)


class _Rays:
    """Films along directions of signs, and how little of a direction still flips."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry, reference = inquiry, inquiry.room.reference
        gap = inquiry.room.lattice.gap if inquiry.room.lattice is not None else 0.0
        dither = torch.rand(reference.shape[1:], generator=inquiry.generator).to(reference) - 0.5
        self.dither = gap * dither

    def films(self, rows: Tensor, signs: Tensor, amount: Tensor) -> Tensor:
        """The films of some rows with `amount` `[n]` along `signs` `[n, 1, H, W]`."""
        return self.inquiry.of(rows).reference + signs * (column(amount) + self.dither).clamp_min(0)

    def says(self, rows: Tensor, signs: Tensor, amount: Tensor) -> Tensor:
        return self.inquiry.says(rows, self.films(rows, signs, amount))

    def begin(self, rows: Tensor, start: Tensor | None, queries: int) -> tuple[Tensor, Tensor, Tensor]:
        """For each row a direction, how much of it flips, and bool `[n]` whether any was found to."""
        reference = self.inquiry.of(rows).reference
        signs, amount = torch.ones_like(reference), torch.ones_like(reference[:, 0, 0, 0])
        found = torch.zeros(len(rows), dtype=torch.bool, device=rows.device)
        tried = itertools.product(range((0 if start is None else len(start)) + DIRECTIONS), STRENGTHS)
        for number, strength in tried:
            open_ = (~found & (self.inquiry.tally.queries[rows] < queries)).nonzero()[:, 0]
            if not len(open_) or self.inquiry.tally.stopped:
                break
            if strength == STRENGTHS[0]:
                signs[open_] = self._direction(reference[open_], start, number)
            amount[open_] = strength
            found[open_] = self.says(rows[open_], signs[open_], amount[open_])
            if strength == STRENGTHS[-1]:
                self.inquiry.show(rows[open_], self.films(rows[open_], signs[open_], amount[open_]))
        if not bool(found.any()):
            return signs, amount, found
        high = amount[found]
        low = torch.where(high > STRENGTHS[0], high / 4, 0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            flips = self.says(rows[found], signs[found], middle)
            high, low = torch.where(flips, middle, high), torch.where(flips, low, middle)
        amount[found] = high
        return signs, amount, found

    def _direction(self, reference: Tensor, start: Tensor | None, number: int) -> Tensor:
        if start is not None and number < len(start):
            return torch.where(start[number].to(reference) < reference, -1, 1).to(reference)
        return self.inquiry.pattern(reference, 2 ** (number % 4))

    def lessen(self, rows: Tensor, signs: Tensor, amount: Tensor) -> tuple[Tensor, Tensor]:
        """The least amount found with which these signs still flip, and bool `[n]`: whether less than before does."""
        amount, good = amount.clone(), torch.ones_like(amount, dtype=torch.bool)
        going, share = good.nonzero()[:, 0], LESS
        while len(going) and share < 1:
            tried = amount[going] * (1 - share)
            flips = self.says(rows[going], signs[going], tried)
            if share == LESS:
                good[going[~flips]] = False
            going = going[flips]
            amount[going] = tried[flips]
            share = share * 2
        return amount, good


def _blocks(inquiry: Inquiry, grid: int) -> Iterator[tuple[slice, slice]]:
    """Squares that the region has a part in, each finer grid in an order of its own, the finest ever again."""
    region, (top, bottom, left, right) = inquiry.budget.region, inquiry.budget.frame
    for fineness in itertools.count():
        edges = [
            torch.linspace(first, last, 1 + min(grid * 2**fineness, last - first)).round().int().tolist()
            for first, last in ((top, bottom), (left, right))
        ]
        lines = itertools.product(*([slice(*pair) for pair in itertools.pairwise(line)] for line in edges))
        blocks = [block for block in lines if region is None or bool(region[block].any())]
        for place in torch.randperm(len(blocks), generator=inquiry.generator).tolist():
            yield blocks[place]
