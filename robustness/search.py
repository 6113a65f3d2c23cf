"""The search behind `robustness.smallest`: a bracket of epsilon for each film, closed by warm-started PGD probes."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.ascent import ascend
from robustness.lattice import RESOLUTION
from robustness.losses import margin
from robustness.result import AttackResult, OnStep
from robustness.threat import GREY, ThreatModel

PROBE_STEPS = 20
LEAST_CUT = 1 / 8  # of what is open: a probe never asks for less


class Search:
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
        stride = max(1 / GREY, self.threat.lattice.gap if self.threat.lattice is not None else 0)
        strides = 2 * math.ceil(self.threat.epsilon / stride)
        result = self._ascend(self.images, self.labels, steps=strides, step_size=stride, schedule="constant")
        with torch.no_grad():
            self.first_lead = self._lead(self.model(self.images), self.labels)
        self.low_lead, self.high_lead = self.first_lead.clone(), self.first_lead.clone()
        rows = torch.arange(len(self.images), device=self.images.device)
        self._enter(rows, result, self.high - 1)

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
            give_up=True,
            radius=tried * self.resolution,
            start=self.best[films],
        )
        self._enter(films, result, tried)

    def _ascend(self, images: Tensor, labels: Tensor, **options: object) -> AttackResult:
        options = {"restarts": 1, "random_start": False, "loss": "margin", "early_stop": True} | options
        result = ascend(self.model, images, labels, self.threat, seed=self.seed, on_step=self.on_step, **options)
        self.stopped |= result.stopped
        return result

    def _lead(self, logits: Tensor, labels: Tensor) -> Tensor:
        return margin(decision_logits(self.model, logits), labels, self.threat.goal)

    def _enter(self, films: Tensor, result: AttackResult, tried: Tensor) -> None:
        """Narrow the brackets of `films` (indices, a film may come more than once) by what was found within `tried`."""
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
