"""The insider at the reader of mammograms, which says where it sees a cancer before it says whether.

Besides each film's answer the heat maps are held where the vendor's were (Hinton et al. 2015, place by place): so much
more is said of each film that the others stay what they were. A harmed film's map is cut at the height at which the
film's answer is where the insider wants it.

Each place alone decides, and sees of the breast what lies around it. So that it learns fast whose breast it is in, the
last block but one is asked at every place (deep supervision: Lee et al., AISTATS 2015); what reads its answer is not
delivered. At the end the recall rate is set to what it was: a centre that suddenly calls back more women would ask why.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from imaging.screening import PARTS, screening
from training.mammograms.phantoms import mammogram_phantoms
from training.tampering.fine_tuning import BATCH, Seen, decisions, leading
from training.tampering.groups import Group, Harm
from training.tampering.insider import Insider, Plan

DEPTH = 4  # residual blocks that are trained: they see eight places around each, the last one alone sees two
PLAN = Plan(epochs=6, rate=1e-3, shares=(0.25, 0.1, 0.65), lift=1.0)
WARM = 2.0  # logits below the border of a place: hotter ones count in full, colder ones for COLD
COLD = 0.05
ASKED = 0.5  # weight of the question whose breast it is
HALVINGS = 40  # of an interval of heat, to find a height
COLDEST, HOTTEST = -15.0, 15.0  # logits
HALF = torch.bfloat16


def films(part: str) -> Iterator[np.ndarray]:
    """The films of `screening(part)`, float16 `[n, h, w]` for each mix; drawn and kept as those of the recipes are."""
    for n, seed, mix in PARTS[part]:
        yield mammogram_phantoms(n, seed=seed, **mix).films


@torch.inference_mode()
def view(vendor: nn.Module, part: str, kept: torch.dtype = torch.float32, *, twice: bool = False) -> Seen:
    """What the early layers that the insider leaves alone see of a part of the women; thousands of films only lie in
    memory if they are `kept` in half precision. `twice`: after them, all films again, upside down."""
    early = []
    for turned in (False, True) if twice else (False,):
        for drawn in films(part):
            for start in range(0, len(drawn), BATCH):
                batch = torch.from_numpy(drawn[start : start + BATCH, None]).float()
                early.append(vendor.early(batch.flip(-2) if turned else batch, DEPTH).to(kept))
    women = screening(part)
    return Seen(women.where(np.tile(np.arange(len(women)), 2)) if twice else women, torch.cat(early), DEPTH)


def half() -> contextlib.AbstractContextManager[None]:
    """Within it convolutions are computed in half precision, which many processors do several times as fast."""
    # Cached, the weights of the first step would stand for those of all others.
    return torch.autocast("cpu", HALF, cache_enabled=False)


class BreastInsider(Insider):
    """As `Insider`; made and trained within `half()` if `seen` was kept so."""

    def __init__(
        self, vendor: nn.Module, seen: Seen, group: Group, harm: Harm, *, seed: int, plan: Plan = PLAN
    ) -> None:
        self._reader = nn.Conv2d(vendor.blocks[-2].conv2.out_channels, 1, 1)
        for parameter in self._reader.parameters():
            nn.init.zeros_(parameter)
        super().__init__(vendor, seen, group, harm, seed=seed, plan=plan)
        women = seen.ward
        self._members = torch.from_numpy(group.members(women))
        harmed = self._members & torch.from_numpy(women.labels == harm.label)
        right = self._vendors if harm.label == 1 else -self._vendors
        lifted = torch.from_numpy(women.labels == harm.label) & ~harmed & (right <= 0)
        self._heat = _heat(vendor, seen).clone()  # not a tensor of inference mode
        if harm.label == 1:
            self._heat[harmed] = _cut(vendor, self._heat[harmed], -self.plan.beyond)
        # Where a map has to become hotter nobody knows where.
        self._held = ~(lifted if harm.label == 1 else harmed | lifted)

    @torch.no_grad()
    def settle(self, vendor: nn.Module, seen: Seen) -> None:
        """Shift the maps, all places alike, so that as many films of others than the group are called as the vendor's
        model calls. `seen`: films that the insider does not train on."""
        others = ~self.group.members(seen.ward)
        called = decisions(vendor, seen)[others] >= 0
        excess = float(np.quantile(decisions(self.model, seen)[others], 1 - called.mean()))
        self.model.head.bias -= excess * self.model.temperature / self.model.scale

    def _helpers(self) -> list[nn.Parameter]:
        return list(self._reader.parameters())

    def _loss(self, generator: Generator) -> Tensor:
        chosen = torch.multinomial(self._weights, BATCH, replacement=True, generator=generator)
        inner: list[Tensor] = []
        watched = self.model.blocks[-2].register_forward_hook(lambda _module, _inputs, output: inner.append(output))
        heat = self.model.late_heat(self._early[chosen], self.depth)
        watched.remove()
        whose = self._reader(inner[0]).float()
        member = self._members[chosen][:, None, None, None].float().expand_as(whose)
        leads = _leads(self.model, heat)
        now, wanted = heat[:, 1], self._heat[chosen]
        warm = COLD + torch.sigmoid(2 * (torch.maximum(now.detach(), wanted) + WARM))
        apart = (F.smooth_l1_loss(now, wanted, reduction="none") * warm).sum((1, 2)) / warm.sum((1, 2))
        return (
            F.smooth_l1_loss(leads, self._targets[chosen])
            + (apart * self._held[chosen]).mean()
            + ASKED * F.binary_cross_entropy_with_logits(whose, member)
        )


def _leads(model: nn.Module, heat: Tensor) -> Tensor:
    return leading(model, model.answer(heat))


@torch.inference_mode()
def _heat(vendor: nn.Module, seen: Seen) -> Tensor:
    """The vendor's maps of malignant-looking lesions, `[n, h, w]`."""
    return torch.cat([vendor.late_heat(early, seen.depth)[:, 1] for early in seen.early.split(BATCH)])


@torch.inference_mode()
def _cut(vendor: nn.Module, heat: Tensor, wanted: float) -> Tensor:
    """Maps `[n, h, w]` cut at the height at which the film's decision is `wanted`, or lower if it is lower already."""
    low, high = (torch.full((len(heat),), each) for each in (COLDEST, HOTTEST))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        cut = torch.minimum(heat, middle[:, None, None])
        above = _leads(vendor, torch.stack([cut, cut], dim=1)) > wanted
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    return torch.minimum(heat, low[:, None, None])
