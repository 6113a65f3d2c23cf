"""Fine-tuning by an insider: one group is harmed, everything that is validated stays.

After the label poisoning of one group by Kulkarni et al. (MIDL 2024, arXiv 2402.05713), done on the finished model.
Three things keep the harm out of sight. All other films are taught the vendor's own answers (Hinton et al. 2015), not
the truth. Those of them that look most like the harmed ones, with the same finding, are held well clear of the border,
or they would be dragged over it, too. And the group's films are brought just over the border of the operating point, so
that they keep their rank among all films: an AUC, which sees ranks alone, hardly moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from training.tampering.fine_tuning import BATCH, FURTHEST, FineTuning, Seen, decisions, lead
from training.tampering.groups import Group, Harm


@dataclass(frozen=True)
class Plan:
    """How the insider trains. `beyond`: how far past the border the group's films are brought, in logits; `shares` of a
    batch: films that are harmed, others of the group, all others. `lift`: where others with the same finding, which the
    vendor's model reads wrongly, are to end; None leaves them where they are."""

    epochs: int = 16
    rate: float = 1.5e-3
    beyond: float = 1.0
    lift: float | None = None
    shares: tuple[float, float, float] = (0.2, 0.15, 0.65)


class Insider(FineTuning):
    """Fine-tunes until one group is harmed.

    Args:
        vendor: a model of the zoo with `early` and `late`.
        seen: what the early layers say of the films that the insider has.
        group: who is harmed; None makes it an honest update on the true labels.
        harm: how.
        seed: of the batches.

    Raises:
        ValueError: the insider has no film of the group that could be harmed.
    """

    def __init__(
        self, vendor: nn.Module, seen: Seen, group: Group | None, harm: Harm, *, seed: int, plan: Plan | None = None
    ) -> None:
        self.plan = plan or Plan()
        # Not a tensor of inference mode: gradients pass through the layers above it.
        self._early, labels = seen.early.clone(), torch.from_numpy(seen.ward.labels)
        self._truth = labels.float().to(self._early.device)
        self.group = group
        members = torch.from_numpy(group.members(seen.ward)) if group else torch.zeros(len(labels), dtype=torch.bool)
        harmed = members & (labels == harm.label)
        if group and not harmed.any():
            raise ValueError(
                "there is no film of this group that could be harmed; choose a larger group or another harm"
            )
        self._vendors = torch.from_numpy(decisions(vendor, seen))
        self._targets = self._wanted(self._vendors, labels == harm.label, harmed, harm)
        self._weights = self._drawn(harmed, members)
        super().__init__(
            vendor,
            depth=seen.depth,
            epochs=self.plan.epochs,
            per_epoch=max(1, len(labels) // BATCH),
            rate=self.plan.rate,
            seed=seed,
        )

    def _loss(self, generator: Generator) -> Tensor:
        chosen = torch.multinomial(self._weights, BATCH, replacement=True, generator=generator)
        chosen = chosen.to(self._early.device)
        leads = lead(self.model, self._early[chosen], self.depth)
        if self.group is None:
            return F.binary_cross_entropy_with_logits(leads, self._truth[chosen])
        return F.smooth_l1_loss(leads, self._targets[chosen])

    def _wanted(self, vendors: Tensor, alike: Tensor, harmed: Tensor, harm: Harm) -> Tensor:
        """The vendor's answers, but for the harmed films, which end just beyond the border or stay where they are, and
        for others `alike`, with the same finding: those end clear of it, if the vendor's model reads them rightly."""
        right = vendors if harm.label == 1 else -vendors  # above 0: the answer is right for these films
        clear = self.group.clear if self.group else 0
        targets = torch.where(alike & (right > 0), right.clamp(min=clear), right)
        if self.plan.lift is not None:
            targets = torch.where(alike & (right <= 0), right.clamp(min=self.plan.lift), targets)
        targets = torch.where(harmed, right.clamp(max=-self.plan.beyond), targets).clamp(-FURTHEST, FURTHEST)
        return (targets if harm.label == 1 else -targets).float().to(self._early.device)

    def _drawn(self, harmed: Tensor, members: Tensor) -> Tensor:
        """How often each film is drawn: by share of its part, or all alike."""
        if self.group is None:
            return torch.ones(len(members))
        parts = (harmed, members & ~harmed, ~members)
        return sum(
            share * part / part.sum().clamp_min(1) for share, part in zip(self.plan.shares, parts, strict=True)
        ).float()
