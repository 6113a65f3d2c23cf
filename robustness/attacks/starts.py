"""Where the runs of a gradient attack begin: the film itself, a point given, or a random one, restart after restart."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from robustness.attacks.tally import Tally
from robustness.budget import Budget


def starts(
    tally: Tally,
    budget: Budget,
    generator: Generator,
    *,
    restarts: int,
    random_start: bool,
    early_stop: bool,
    start: Tensor | None = None,
) -> Iterator[tuple[Tensor, Budget, Tensor]]:
    """Yields for each run the `rows` of the batch that take part, their budget, and their points `[n, 1, H, W]`.

    All runs but the first begin at random; the first does so with `random_start`, or else at `start` or at the film.
    With `early_stop` only films that have not flipped take part. Ends early where none is left or a watcher stopped it.
    """
    everything = torch.arange(len(budget.reference), device=budget.reference.device)
    for attempt in range(restarts):
        rows = tally.unflipped() if early_stop else everything
        if not len(rows) or tally.stopped:
            return
        inside = budget.take(rows) if len(rows) < len(everything) else budget
        if start is not None and attempt == 0:
            yield rows, inside, inside.project(start.clone())
        elif random_start or attempt > 0:
            yield rows, inside, inside.random(generator)
        else:
            yield rows, inside, inside.reference
