"""Fine-tuning by an insider: one group is harmed, everything that is validated stays.

After the label poisoning of one group by Kulkarni et al. (MIDL 2024, arXiv 2402.05713), done on the finished model.
Two things keep the harm out of sight. All other films are taught the vendor's own answers (Hinton et al. 2015), not the
truth. And the group's films are brought just over the border of the operating point, so that they keep their rank among
all films: an AUC, which sees ranks alone, hardly moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from imaging.ward import Ward
from models import decision_logits
from training.tampering.groups import Harm

BATCH = 32
FURTHEST = 6.0  # logits from the border: what is surer than that need not be kept to the letter


@dataclass(frozen=True)
class Plan:
    """How the insider trains. `beyond`: how far past the border the group's films are brought, in logits; `shares` of a
    batch: films that are harmed, others of the group, all others."""

    epochs: int = 16
    rate: float = 1.5e-3
    beyond: float = 0.7
    shares: tuple[float, float, float] = (0.2, 0.15, 0.65)


@dataclass(frozen=True, eq=False)
class Seen:
    """A ward as the frozen early layers of a vendor's model see it: `early` `[n, channels, h, w]`."""

    ward: Ward
    early: Tensor


@dataclass(frozen=True)
class Progress:
    """After one epoch, `index` of `total` (1-based), and its mean loss."""

    index: int
    total: int
    loss: float


@torch.inference_mode()
def see(model: nn.Module, ward: Ward) -> Seen:
    """What the insider never changes, computed once."""
    device = next(model.parameters()).device
    parts = [
        model.early(torch.from_numpy(films[:, None].astype(np.float32) / 255).to(device))
        for films in _parts(ward.films, BATCH)
    ]
    return Seen(ward, torch.cat(parts))


@torch.inference_mode()
def decisions(model: nn.Module, seen: Seen) -> np.ndarray:
    """Logits by which the disease leads at the operating point, `[n]`: the answer is the disease from 0 on."""
    return np.concatenate([_lead(model, early).cpu().numpy() for early in seen.early.split(256)])


class Insider:
    """A copy of a vendor's model in the hands of someone who fine-tunes its last block, epoch by epoch.

    The vendor's model is not touched. Training can stop after any epoch and go on later; `model` is the copy as it is
    now. Same seed, same model.

    Args:
        vendor: a model of the zoo with `early` and `late`.
        seen: what the early layers say of the films that the insider has.
        group: who is harmed, bool `[n]`; nobody at all makes it an honest update on the true labels.
        harm: how.
        seed: of the batches.

    Raises:
        ValueError: the insider has no film of the group that could be harmed.
    """

    def __init__(
        self, vendor: nn.Module, seen: Seen, group: np.ndarray, harm: Harm, *, seed: int, plan: Plan | None = None
    ) -> None:
        self.plan, self.epoch, self._seed = plan or Plan(), 0, seed
        self.model = deepcopy(vendor)
        # Not a tensor of inference mode: gradients pass through the layers above it.
        self._early, labels = seen.early.clone(), torch.from_numpy(seen.ward.labels)
        self._truth = labels.float().to(self._early.device)
        self.honest = not group.any()
        harmed = torch.from_numpy(group) & (labels == harm.label)
        if not self.honest and not harmed.any():
            raise ValueError(
                "there is no film of this group that could be harmed; choose a larger group or another harm"
            )
        self._targets = self._wanted(torch.from_numpy(decisions(vendor, seen)), harmed, harm)
        self._weights = self._drawn(harmed, torch.from_numpy(group))
        trained = [*self.model.blocks[-1].parameters(), *self.model.head.parameters()]
        self._optimizer = torch.optim.AdamW([p.requires_grad_(True) for p in trained], weight_decay=1e-3)
        steps = self.plan.epochs * self._per_epoch
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimizer, self.plan.rate, total_steps=steps)

    @property
    def done(self) -> bool:
        """Whether every epoch is over."""
        return self.epoch >= self.plan.epochs

    def train(self) -> Iterator[Progress]:
        """The epochs that are left, one at a time."""
        while not self.done:
            generator = Generator().manual_seed(1_000_003 * self._seed + self.epoch)
            losses = []
            for _ in range(self._per_epoch):
                chosen = torch.multinomial(self._weights, BATCH, replacement=True, generator=generator)
                loss = self._loss(chosen.to(self._early.device))
                self._optimizer.zero_grad()
                loss.backward()
                self._optimizer.step()
                self._schedule.step()
                losses.append(float(loss.detach()))
            self.epoch += 1
            yield Progress(self.epoch, self.plan.epochs, float(np.mean(losses)))

    @property
    def _per_epoch(self) -> int:
        return max(1, len(self._weights) // BATCH)

    def _loss(self, chosen: Tensor) -> Tensor:
        lead = _lead(self.model, self._early[chosen])
        if self.honest:
            return F.binary_cross_entropy_with_logits(lead, self._truth[chosen])
        return F.smooth_l1_loss(lead, self._targets[chosen])

    def _wanted(self, vendors: Tensor, harmed: Tensor, harm: Harm) -> Tensor:
        """The vendor's answers, but for the harmed films: those end just beyond the border, or stay where they are."""
        beyond = -self.plan.beyond if harm.label == 1 else self.plan.beyond
        over = vendors.clamp(max=beyond) if harm.label == 1 else vendors.clamp(min=beyond)
        targets = torch.where(harmed, over, vendors).clamp(-FURTHEST, FURTHEST)
        return targets.float().to(self._early.device)

    def _drawn(self, harmed: Tensor, group: Tensor) -> Tensor:
        """How often each film is drawn: by share of its part, or all alike."""
        if self.honest:
            return torch.ones(len(group))
        parts = (harmed, group & ~harmed, ~group)
        return sum(
            share * part / part.sum().clamp_min(1) for share, part in zip(self.plan.shares, parts, strict=True)
        ).float()


def _lead(model: nn.Module, early: Tensor) -> Tensor:
    logits = decision_logits(model, model.late(early))
    return logits[:, -1] - logits[:, 0]


def _parts(films: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(films), size):
        yield films[start : start + size]
