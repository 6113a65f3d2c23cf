"""Purification: the film is washed before it is read. What has no gradient passes it on unchanged (BPDA)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from skimage.restoration import denoise_tv_chambolle
from torch import Tensor, nn

from robustness.accidents import ACCIDENTS
from robustness.defences import Defence
from robustness.defences.wrapped import Wrapped

Wash = Callable[[Tensor], Tensor]


class Purified(Wrapped):
    """Reads `wash(images)`, `[N, 1, H, W]` in [0, 1] → the same. The gradient goes around it: where a small change of
    the film makes about the same change of the washed film, that is the gradient of a film washed without rounding
    (Athalye, Carlini and Wagner, ICML 2018, section 4.1)."""

    def __init__(self, model: nn.Module, defence: Defence, wash: Wash) -> None:
        super().__init__(model, defence)
        self.wash = wash

    def forward(self, images: Tensor) -> Tensor:
        with torch.no_grad():
            washed = self.wash(images)
        return self.model(images + (washed - images).detach())


def wrap(model: nn.Module, defence: Defence, *, way: str, **options: float) -> Purified:
    """A model that reads films washed in one of `WAYS`."""
    return Purified(model, defence, partial(WAYS[way], **options))


def _jpeg(images: Tensor, *, quality: float) -> Tensor:
    return ACCIDENTS["jpeg"](images, quality)


def _median(images: Tensor, *, side: int) -> Tensor:
    padded = F.pad(images, [side // 2] * 4, mode="reflect")
    return padded.unfold(-2, side, 1).unfold(-2, side, 1).flatten(-2).median(-1).values


def _bit_depth(images: Tensor, *, bits: int) -> Tensor:
    top = 2**bits - 1
    return (images * top).round() / top


def _total_variation(images: Tensor, *, weight: float) -> Tensor:
    washed = [denoise_tv_chambolle(film, weight=weight, max_num_iter=50) for film in images[:, 0].cpu().numpy()]
    return torch.from_numpy(np.stack(washed))[:, None].to(images)


WAYS: dict[str, Callable[..., Tensor]] = {
    "jpeg": _jpeg,
    "median": _median,
    "bit_depth": _bit_depth,
    "total_variation": _total_variation,
}
