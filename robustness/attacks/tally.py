"""The book-keeping that every attack shares: the best film met so far, and who is watching."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.budget import Budget
from robustness.chance import READS, by_chance
from robustness.losses import answered, margin, reached
from robustness.norms import NORMS
from robustness.result import AttackResult, OnStep, Step
from robustness.threat import ThreatModel


class Tally:
    """Keeps for each image of a batch the best film, and shows steps to a watcher.

    The best is the one that leads furthest (largest margin). With `nearest`, the attack's budget, it is of all films
    that the attacker has won with the one that changed least, and only where there is none the one that leads furthest.

    A model that answers by chance is asked anew, several times, about a film that seems to be won, and once more in the
    end about the films that were kept, since of many that look good the luckiest is chosen; their mean counts.

    Raises:
        ValueError: labels that do not fit the batch.
    """

    def __init__(
        self,
        model: nn.Module,
        labels: Tensor,
        threat: ThreatModel,
        images: Tensor,
        *,
        on_step: OnStep | None,
        nearest: Budget | None = None,
    ) -> None:
        if labels.shape != images.shape[:1] or labels.dtype != torch.int64:
            raise ValueError(
                f"expected {len(images)} labels of type int64, got {tuple(labels.shape)} of type {labels.dtype}"
            )
        self.model, self.labels, self.goal, self.on_step = model, labels, threat.goal, on_step
        self.images, self.logits, self.nearest = images, torch.zeros(0), nearest
        self.score = torch.full((len(images),), -torch.inf, device=images.device, dtype=images.dtype)
        self.steps = torch.zeros(len(images), dtype=torch.int64, device=images.device)
        self.queries = torch.zeros_like(self.steps)
        self.index, self.total, self.stopped = -1, 0, False
        self.doubtful = by_chance(model)

    def note(self, rows: Tensor, images: Tensor, logits: Tensor, views: Sequence[Tensor] = ()) -> Tensor:
        """Enter the model's answers `[n, classes]` to storable films `[n, 1, H, W]` of some rows of the batch.

        `views` are its answers to the same films as something else will have changed them: a film is then worth no
        more than the worst of its views. The film as it came is judged by itself, so that nothing else may replace it.

        Returns bool `[n]`: which of these films the attacker has won with, in every view.

        Raises:
            ValueError: answers that are no numbers, or labels or a goal that the model has no class for.
        """
        self.index += 1
        if not self.logits.numel():
            self._begin(logits)
        if self.doubtful:
            logits = self._doubted(rows, images, logits)
        won, score = self._judge(rows, logits)
        for answers in views if self.index else ():
            holds, worst = self._judge(rows, answers)
            won, score = won & holds, torch.minimum(score, worst)
        if self.nearest is not None:
            score = torch.where(won, 2 - self.nearest.take(rows).size(images), score)  # above any margin still lost
        self.steps[rows] += self.index > 0
        self.queries[rows] += 1 + len(views)
        better = score > self.score[rows]
        if len(rows) == len(self.images) and bool(better.all()):
            self.images, self.logits, self.score = images, logits, score
        else:
            kept = rows[better]
            self.images, self.logits = self.images.clone(), self.logits.clone()
            self.images[kept], self.logits[kept], self.score[kept] = images[better], logits[better], score[better]
        if self.on_step is not None:
            self._show(rows, images, logits)
        return won

    def asked(self, rows: Tensor) -> None:
        """Count one question about each of these rows, on a film that lies outside the budget and is not kept."""
        self.queries[rows] += 1

    def unflipped(self) -> Tensor:
        """Indices of the images that the attacker has not won with yet."""
        return torch.nonzero(~(self.score > 0))[:, 0]

    def result(self, budget: Budget, seed: int, seconds: float) -> AttackResult:
        """The best films, with what the model says to them."""
        images = budget.settle(self.images) if budget.lattice is not None else self.images
        if self.doubtful:
            self.logits = self._anew(images)
            self.queries += READS
        return AttackResult(
            images=images,
            logits=self.logits,
            flipped=reached(decision_logits(self.model, self.logits), self.labels, self.goal),
            steps=self.steps,
            queries=self.queries,
            largest_change=NORMS["linf"].size(images - budget.reference, budget.pixels),
            size=budget.size(images),
            seconds=seconds,
            seed=seed,
            stopped=self.stopped,
        )

    def _judge(self, rows: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Which answers the attacker wants, bool `[n]`, and by how much they lead, `[n]`."""
        decisions = decision_logits(self.model, answered(logits))
        labels = self.labels[rows]
        return reached(decisions, labels, self.goal), margin(decisions, labels, self.goal)

    def _doubted(self, rows: Tensor, images: Tensor, logits: Tensor) -> Tensor:
        """The answers, where they are what the attacker wants the mean of fresh ones."""
        won, _ = self._judge(rows, logits)
        if bool(won.any()):
            logits = logits.clone()
            logits[won] = self._anew(images[won])
            self.queries[rows[won]] += READS
        return logits

    @torch.no_grad()
    def _anew(self, images: Tensor) -> Tensor:
        return torch.stack([self.model(images) for _ in range(READS)]).mean(0)

    def _begin(self, logits: Tensor) -> None:
        classes = logits.shape[-1]
        if logits.ndim != 2 or classes < 2:
            raise ValueError(f"expected logits of shape [N, classes] with two or more, got {tuple(logits.shape)}")
        wanted = self.labels if self.goal is None else torch.cat([self.labels, self.labels.new_tensor([self.goal])])
        if int(wanted.min()) < 0 or int(wanted.max()) >= classes:
            raise ValueError(f"expected labels and goal in 0 … {classes - 1}, got {sorted(set(wanted.tolist()))}")
        self.logits = torch.zeros((len(self.images), classes), dtype=logits.dtype, device=logits.device)

    def _show(self, rows: Tensor, images: Tensor, logits: Tensor) -> None:
        if len(rows) < len(self.images):
            everything, answers = self.images.clone(), self.logits.clone()
            everything[rows], answers[rows] = images, logits
            images, logits = everything, answers
        self.stopped = bool(self.on_step(Step(self.index, self.total, logits, images)))
