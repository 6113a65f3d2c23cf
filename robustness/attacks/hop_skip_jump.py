"""HopSkipJump (Chen et al. 2020, Algorithm 2), in few directions of low frequency (Li et al. 2020, QEBA, section 4.2).

The attacker sees a reading and no score, as at a hospital's console. He begins at a film that is read as he wants, goes
to the border, feels out where it leads, jumps along it and goes to the border again, each time nearer to the film.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from robustness.attacks.inquiry import Inquiry, interrogate
from robustness.norms import column
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

HALVINGS = 6  # of the way to the border: it is known to a sixty-fourth
JUMPS = 6  # halvings of a jump that went too far
STARTS = 24  # random films tried where none is given, with ever more contrast


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    queries: int = 300,
    questions: int = 24,
    grid: int = 16,
    probe: float = 0.1,
    keep: float = 0.5,
    start: Tensor | None = None,
    early_stop: bool = False,
) -> AttackResult:
    """Asks only for decisions, at most about `queries` times for each film; `result.queries` counts them exactly.

    Each round asks `questions` (growing with the root of the round, as in the paper) about faint patterns of `grid` ×
    `grid` squares around the film on the border, as strong as a share `probe` of its distance. The direction of the
    last round counts on with a share `keep`. `start` `[M, 1, H, W]`: films that the model reads otherwise, of other
    patients or an average; the first that serves is taken. None: the film under random patterns of growing contrast.
    `early_stop`: leave a film alone once a flip within the budget is found; else the nearest flip is kept.

    Errors: see `Attack`.
    """
    if queries < 1 or questions < 1 or grid < 1 or not 0 < probe < 1 or not 0 <= keep < 1:
        raise ValueError(
            "expected queries, questions and grid >= 1, probe in (0, 1) and keep in [0, 1), "
            f"got {queries}, {questions}, {grid}, {probe} and {keep}"
        )

    options = {"queries": queries, "questions": questions, "grid": grid, "probe": probe, "keep": keep}
    search = partial(_search, start=start, early_stop=early_stop, **options)
    shows = 1 + queries // (questions + HALVINGS)
    return interrogate(model, images, labels, threat, search, seed=seed, on_step=on_step, shows=shows, start=start)


def _search(
    inquiry: Inquiry,
    rows: Tensor,
    *,
    start: Tensor | None,
    queries: int,
    questions: int,
    grid: int,
    probe: float,
    keep: float,
    early_stop: bool,
) -> None:
    tally = inquiry.tally
    films, found = _begin(inquiry, rows, start, grid)
    inquiry.show(rows, films)
    rows, films = rows[found], films[found]
    films, distance = _approach(inquiry, rows, films) if len(rows) else (films, None)
    slope, turn = torch.zeros_like(films), 0
    while len(rows) and not tally.stopped:
        won = inquiry.show(rows, films)
        left = tally.queries[rows] + questions < queries
        going = left & ~won if early_stop else left
        rows, films, distance, slope = rows[going], films[going], distance[going], slope[going]
        if not len(rows):
            break
        turn += 1
        left = queries - int(tally.queries[rows].max()) - HALVINGS - 2  # the way back to the border costs the rest
        asked = max(1, min(round(questions * turn**0.5), left))
        slope = keep * slope + _feel(inquiry, rows, films, distance, asked, grid, probe)
        films = _jump(inquiry, rows, films, distance / turn**0.5, slope)
        films, distance = _approach(inquiry, rows, films)


def _approach(inquiry: Inquiry, rows: Tensor, films: Tensor) -> tuple[Tensor, Tensor]:
    """From films that flip towards those as they were until just before the border: films, distances `[n]`."""
    room = inquiry.of(rows)
    high = room.size(room.project(films.clone()))
    low = torch.zeros_like(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        flips = inquiry.says(rows, room.within(middle).project(films.clone()))
        high, low = torch.where(flips, middle, high), torch.where(flips, low, middle)
    return room.within(high).project(films.clone()), high


def _begin(inquiry: Inquiry, rows: Tensor, start: Tensor | None, grid: int) -> tuple[Tensor, Tensor]:
    """For each row a film that flips, and bool `[n]` whether there is one."""
    reference = inquiry.of(rows).reference
    films, found = reference.clone(), torch.zeros(len(rows), dtype=torch.bool, device=rows.device)
    for number in range(STARTS if start is None else len(start)):
        open_ = ~found
        if not bool(open_.any()):
            break
        if start is None:
            strength = 0.1 + 0.9 * number / (STARTS - 1)
            tried = reference[open_] + strength * inquiry.pattern(reference[open_], 1 + number % grid)
        else:
            tried = start[number].to(reference).expand_as(reference[open_])
        films[open_] = inquiry.of(rows[open_]).project(tried.clone())
        found[open_] = inquiry.says(rows[open_], films[open_])
    return films, found


def _feel(
    inquiry: Inquiry, rows: Tensor, films: Tensor, distance: Tensor, questions: int, grid: int, probe: float
) -> Tensor:
    """Which way the border leads (equation 16, with the mean answer taken off): the average of patterns that flip."""
    patterns, answers = [], []
    for _ in range(questions):
        patterns.append(inquiry.pattern(films, grid))
        answers.append(inquiry.says(rows, films + column(probe * distance) * patterns[-1]).to(films) * 2 - 1)
    weights = torch.stack(answers)
    weights = torch.where(weights.std(0, correction=0) > 0, weights - weights.mean(0), weights)
    return sum(column(weight) * pattern for weight, pattern in zip(weights, patterns, strict=True)) / questions


def _jump(inquiry: Inquiry, rows: Tensor, films: Tensor, stride: Tensor, slope: Tensor) -> Tensor:
    """Along the slope as far as it stays flipped: `stride` `[n]`, halved until it does."""
    direction, jumped = inquiry.of(rows).direction(slope.clone()), films.clone()
    waiting = torch.ones_like(stride, dtype=torch.bool)
    for _ in range(JUMPS):
        tried = films[waiting] + column(stride[waiting]) * direction[waiting]
        good = inquiry.says(rows[waiting], tried)
        place = waiting.nonzero()[:, 0]
        jumped[place[good]] = tried[good]
        waiting[place[good]] = False
        stride = stride / 2
        if not bool(waiting.any()):
            break
    return jumped
