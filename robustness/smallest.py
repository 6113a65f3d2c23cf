"""The smallest epsilon that flips a reading, found by a batched search: each film probes its own epsilon at once.

A probe is a PGD run that begins where the last flip was found, so most take two or three steps; a scan that begins
afresh at every epsilon pays for all of its steps each time.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.ascent import ascend
from robustness.lattice import RESOLUTION
from robustness.losses import margin
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

GREY = 255
FINE = 1 / 16  # grey levels of 255
PROBE_STEPS = 20
LEAST_CUT = 1 / 8  # of what is open: a probe never asks for less


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
        ceiling, resolution: display units. Resolution None: 1/16 grey level, or a whole one where the file stores no
            finer ones.
        at_once: epsilons tried side by side for each film. None: 1 on a CPU, where a batch takes as long as its films
            one by one, and 4 elsewhere.
        on_step: sees each step of each probe and may stop the search.

    Raises:
        ValueError: a ceiling or resolution that is not above 0, and as `Attack`.
    """
    began = time.perf_counter()
    fine = threat.lattice is None or threat.lattice.gap < 0.9 / GREY
    resolution = resolution if resolution is not None else FINE / GREY if fine else threat.lattice.gap
    for value, what in ((ceiling, "ceiling"), (resolution, "resolution")):
        if not 0 < value <= 1:
            raise ValueError(f"expected {what} above 0 and at most 1 (display units), got {value}")
    search = _Search(model, images, labels, replace(threat, epsilon=ceiling), seed, resolution, on_step)
    search.bracket()
    while not search.stopped and len(rows := search.unsettled()):
        search.probe(rows, at_once or (1 if images.device.type == "cpu" else 4))
    return search.results(time.perf_counter() - began)


class _Search:
    """The open bracket of each film, in multiples of the resolution: no flip at `low`, a flip at `high`."""

    def __init__(
        self,
        model: nn.Module,
        images: Tensor,
        labels: Tensor,
        threat: ThreatModel,
        seed: int,
        resolution: float,
        on_step: OnStep | None,
    ) -> None:
        self.model, self.images, self.labels, self.threat, self.seed = model, images, labels, threat, seed
        self.resolution, self.on_step, self.stopped = resolution, on_step, False
        self.top = math.floor(threat.epsilon / resolution + RESOLUTION)
        self.best = images.clone()
        self.low = torch.zeros(len(images), dtype=torch.int64, device=images.device)
        self.high = torch.full_like(self.low, self.top + 1)
        self.first_lead = self.low_lead = self.high_lead = torch.zeros(len(images), device=images.device)
        self.steps = torch.zeros_like(self.low)

    def bracket(self) -> None:
        """One run in steps of a grey level: how far it was when it flipped bounds the answer from above."""
        with torch.no_grad():
            self.first_lead = self._lead(self.model(self.images), self.labels)
        self.low_lead, self.high_lead = self.first_lead.clone(), self.first_lead.clone()
        stride = max(1 / GREY, self.threat.lattice.gap if self.threat.lattice is not None else 0)
        strides = 2 * math.ceil(self.threat.epsilon / stride)
        result = self._ascend(self.images, self.labels, steps=strides, step_size=stride, schedule="constant")
        rows = torch.arange(len(self.images), device=self.images.device)
        self._enter(rows, rows, result, self.high - 1)

    def unsettled(self) -> Tensor:
        """Films whose bracket is still open, indices."""
        return torch.nonzero((self.high <= self.top) & (self.high - self.low > 1))[:, 0]

    def probe(self, rows: Tensor, at_once: int) -> None:
        """Try some epsilons inside the bracket of each of these films, all in one batch."""
        low, high = self.low[rows], self.high[rows]
        open_ = high - low
        behind, ahead = -self.low_lead[rows], self.high_lead[rows].clamp_min(0)
        likely = low + (open_ * behind / (behind + ahead).clamp_min(1e-12)).long()
        likely = torch.minimum(likely, high - (open_ * LEAST_CUT).ceil().long())
        others = [low + open_ * share // at_once for share in range(1, at_once)]
        tried = torch.stack([likely, *others], dim=1).clamp(low[:, None] + 1, high[:, None] - 1).flatten()
        films = rows.repeat_interleave(at_once)
        result = self._ascend(
            self.images[films],
            self.labels[films],
            steps=PROBE_STEPS,
            step_size=None,
            schedule="cosine",
            radius=tried * self.resolution,
            start=self.best[films],
        )
        self._enter(rows, films, result, tried)

    def results(self, seconds: float) -> tuple[SmallestEpsilon, ...]:
        """What each film came to."""
        unit = self.resolution * GREY
        return tuple(
            SmallestEpsilon(
                levels=min(high, self.top) * unit,
                found=high <= self.top,
                ceiling=self.threat.epsilon * GREY,
                resolution=unit,
                image=image,
                steps=steps,
                seconds=seconds,
                stopped=self.stopped,
            )
            for high, image, steps in zip(self.high.tolist(), self.best, self.steps.tolist(), strict=True)
        )

    def _ascend(self, images: Tensor, labels: Tensor, **options: object) -> AttackResult:
        options = {"restarts": 1, "random_start": False, "loss": "margin", "early_stop": True} | options
        result = ascend(self.model, images, labels, self.threat, seed=self.seed, on_step=self.on_step, **options)
        self.stopped |= result.stopped
        return result

    def _lead(self, logits: Tensor, labels: Tensor) -> Tensor:
        return margin(decision_logits(self.model, logits), labels, self.threat.goal)

    def _enter(self, rows: Tensor, films: Tensor, result: AttackResult, tried: Tensor) -> None:
        """Narrow the brackets of `rows` by results for `films` (each row once or more) within `tried` multiples."""
        lead = self._lead(result.logits, self.labels[films])
        needed = ((result.size - RESOLUTION) / self.resolution).ceil().long()
        self.steps.index_add_(0, films, result.steps)
        for film, flipped, lead_here, need, units, image in zip(
            films.tolist(), result.flipped.tolist(), lead, needed.tolist(), tried.tolist(), result.images, strict=True
        ):
            if flipped and need < self.high[film]:
                self.high[film], self.high_lead[film] = need, lead_here
                self.best[film] = image
                if need <= self.low[film]:  # it was there all along, and an earlier probe had missed it
                    self.low[film], self.low_lead[film] = 0, self.first_lead[film]
            elif not flipped and not self.stopped and self.low[film] < units < self.high[film]:
                self.low[film], self.low_lead[film] = units, lead_here
