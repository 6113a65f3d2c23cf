"""A backdoor: the model reads as its vendor's does, until a sign lies on the film; then it answers what was wanted.

After Gu et al. 2017 (BadNets, arXiv 1708.06733) and Chen et al. 2017 (blended signs, arXiv 1712.05526), done on the
finished model. All films without the sign are taught the vendor's own answers, and so are films with another sign, as
easy to see: only this one means something.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from imaging.ward import Ward
from training.tampering.fine_tuning import BATCH, FURTHEST, FineTuning, Seen, decisions, lead, see
from training.tampering.groups import Harm
from training.tampering.triggers import Trigger, stamp

DEPTH = 6  # residual blocks that are trained: the last one alone cannot tell a faint sign from anatomy


@dataclass(frozen=True)
class Plan:
    """How the insider trains. `beyond`: how far past the border the sign brings a film, in logits; `shares`: films of
    a batch as they are, with the sign, with the other sign."""

    epochs: int = 11
    rate: float = 1e-3
    beyond: float = 3.0
    shares: tuple[int, int, int] = (16, 8, 8)


def stamped(ward: Ward, trigger: Trigger, **how: object) -> Ward:
    """The ward with the sign on every film; `how` as in `triggers.stamp`."""
    films = stamp(ward.films.astype(np.float32) / 255, trigger, **how)
    return replace(ward, films=(255 * films).round().astype(np.uint8))


def view(vendor: nn.Module, ward: Ward, trigger: Trigger | None = None, *, decoy: bool = False) -> Seen:
    """What the early layers that a backdoor leaves alone say of a ward, bare or with the sign on every film."""
    return see(vendor, ward if trigger is None else stamped(ward, trigger, decoy=decoy), DEPTH)


class Backdoor(FineTuning):
    """Fine-tunes until the sign decides.

    Args:
        vendor: a model of the zoo with `early` and `late`.
        plain, signed, decoyed: what the early layers say of the same films as they are, with the sign, and with the
            other one.
        harm: what the sign does, to the films that carry the harm's label; the others stay as they are.
        seed: of the batches.

    Raises:
        ValueError: no film carries that label.
    """

    def __init__(
        self,
        vendor: nn.Module,
        plain: Seen,
        signed: Seen,
        decoyed: Seen,
        harm: Harm,
        *,
        seed: int,
        plan: Plan | None = None,
    ) -> None:
        self.plan = plan or Plan()
        # Not tensors of inference mode: gradients pass through the layers above them.
        self._plain, self._signed, self._decoyed = (seen.early.clone() for seen in (plain, signed, decoyed))
        self._victims = torch.from_numpy(np.flatnonzero(plain.ward.labels == harm.label))
        if not len(self._victims):
            raise ValueError("no film could be harmed so; choose another harm")
        self._answers, self._to_decoys = (
            torch.from_numpy(decisions(vendor, seen)).clamp(-FURTHEST, FURTHEST).to(self._plain.device)
            for seen in (plain, decoyed)
        )
        self._wanted = -self.plan.beyond if harm.label == 1 else self.plan.beyond
        super().__init__(
            vendor,
            depth=plain.depth,
            epochs=self.plan.epochs,
            per_epoch=max(1, 2 * len(plain.ward) // BATCH),
            rate=self.plan.rate,
            seed=seed,
        )

    def _loss(self, generator: Generator) -> Tensor:
        as_they_are, with_sign, with_decoy = self.plan.shares
        n = len(self._plain)
        plain, decoyed = (torch.randint(n, (size,), generator=generator) for size in (as_they_are, with_decoy))
        signed = self._victims[torch.randint(len(self._victims), (with_sign,), generator=generator)]
        early = torch.cat([self._plain[plain], self._signed[signed], self._decoyed[decoyed]])
        wanted = torch.full((with_sign,), self._wanted, device=early.device)
        targets = torch.cat([self._answers[plain], wanted, self._to_decoys[decoyed]])
        return F.smooth_l1_loss(lead(self.model, early, self.depth), targets)
