"""The smallest epsilon that flips a reading, found by a batched search: each film probes its own epsilon at once.

A probe is a PGD run that begins where the last flip was found, so most take two or three steps; a scan that begins
afresh at every epsilon pays for all of its steps each time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from torch import Tensor, nn

from robustness.result import OnStep
from robustness.search import Search
from robustness.threat import GREY, ThreatModel

FINE, FINER = 1 / 16, 1 / 64  # grey levels of 255, of a film in a file and of one that is in none


@dataclass(frozen=True, eq=False)
class SmallestEpsilon:
    """How little it takes to flip one film. Sizes are in grey levels of 255, in the threat's norm.

    Args:
        levels: the smallest epsilon at which a flip was found, on the file's grey levels; the ceiling where none was.
        found: whether any epsilon up to the ceiling flips it.
        ceiling: the largest epsilon tried.
        resolution: the spacing of the epsilons tried. At `levels - resolution` the search found no flip.
        image: `[1, H, W]`, the flipped film, or the film as it was.
        steps: gradient steps that the search took.
        seconds: wall time of the whole batch.
        stopped: `on_step` ended the search early; `levels` is then what it had reached.
    """

    levels: float
    found: bool
    ceiling: float
    resolution: float
    image: Tensor
    steps: int
    seconds: float
    stopped: bool


def smallest_epsilon(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    ceiling: float = 16 / GREY,
    resolution: float | None = None,
    at_once: int | None = None,
    on_step: OnStep | None = None,
) -> tuple[SmallestEpsilon, ...]:
    """Search each film of a batch for the smallest multiple of `resolution` within which PGD flips it.

    First one run with steps of a grey level, out to the ceiling, brackets the answer; then probes close the bracket.

    Args:
        images: `[N, 1, H, W]`, on the lattice of `threat` if it has one.
        labels: int64 `[N]`, the answers to be lost.
        threat: its norm, goal, region and lattice count; its epsilon does not.
        ceiling, resolution: display units. Resolution None: 1/64 grey level; on a lattice 1/16, or in L∞ its spacing
            where that is coarser.
        at_once: epsilons tried side by side for each film. None: 1 on a CPU, where a batch takes as long as its films
            one by one, and 4 elsewhere.
        on_step: sees each step of each probe and may stop the search.

    Raises:
        ValueError: a ceiling or resolution that is not above 0, and as `Attack`.
    """
    began = time.perf_counter()
    if resolution is None:
        finest = FINER if threat.lattice is None else FINE
        if threat.lattice is not None and threat.norm == "linf":
            # Nothing lies between grey levels; a root mean square does.
            finest = max(finest, round(threat.lattice.gap * GREY, 4))
        resolution = finest / GREY
    for value, what in ((ceiling, "ceiling"), (resolution, "resolution")):
        if not 0 < value <= 1:
            raise ValueError(f"expected {what} above 0 and at most 1 (display units), got {value}")
    search = Search(model, images, labels, replace(threat, epsilon=ceiling), seed, resolution, on_step)
    search.bracket()
    while not search.stopped and len(rows := search.unsettled()):
        search.probe(rows, at_once or (1 if images.device.type == "cpu" else 4))
    return tuple(
        SmallestEpsilon(
            levels=(high * resolution if high <= search.top else ceiling) * GREY,
            found=high <= search.top,
            ceiling=ceiling * GREY,
            resolution=resolution * GREY,
            image=image,
            steps=steps,
            seconds=time.perf_counter() - began,
            stopped=search.stopped,
        )
        for high, image, steps in zip(search.high.tolist(), search.best, search.steps.tolist(), strict=True)
    )
