"""From a film to a map of the pixels that decided, whatever the method and however large the film."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from models import decision_logits
from robustness.losses import answered, margin
from robustness.saliency import METHODS
from robustness.saliency.methods import CALLS, Score, smoothed

LONGEST_SIDE = 512
"""Maps are computed on a copy whose longer side is at most this, and enlarged: that bounds time and memory."""
WHITE = 99.5  # percentile of a map that is shown as 1


@dataclass(frozen=True, eq=False)
class Saliency:
    """Which pixels decided.

    Args:
        map: float32 `[H, W]` in [0, 1], as large as the film: strength without sign, 1 at `scale` and above.
        scale: raw strength that is shown as 1. Pass it on to compare two films on the same colour scale.
        delta: for Integrated Gradients what the pixels together leave unexplained, as a share of the change of the
            answer from even grey to the film (0: nothing); else None.
        method: name in `METHODS`.
        target: index of the class that was explained.
    """

    map: NDArray[np.float32]
    scale: float
    delta: float | None
    method: str
    target: int


def explain(model: nn.Module, image: Tensor, method: str, target: int, *, scale: float | None = None) -> Saliency:
    """Attribute the lead of one class, in calibrated decision logits, to the pixels of one film.

    Captum hooks into a network while it works; it gets a copy of the model that shares the weights, so that other
    threads may use the model meanwhile.

    Args:
        image: `[1, 1, H, W]`, display space, on the model's device.
        method: a name in `METHODS`.
        target: index of a class.
        scale: raw strength to show as 1, such as the `scale` of the film before the attack. None, or 0 as of a map
            on which nothing is marked: the 99.5th percentile of this map.

    Raises:
        ValueError: an unknown method, another shape, a class that the model lacks, a model that gives no numbers, or
            not what the method looks at.
    """
    if method not in CALLS:
        raise ValueError(f"expected a method out of {', '.join(METHODS)}, got {method!r}")
    if image.ndim != 4 or image.shape[:2] != (1, 1):
        raise ValueError(f"expected one film of shape [1, 1, H, W], got {tuple(image.shape)}")
    network = private_copy(model)
    film = bounded(image.detach())
    logits = looked_at(network, film, method)
    if not 0 <= target < logits.shape[-1]:
        raise ValueError(f"expected target in 0 … {logits.shape[-1] - 1}, got {target}")
    raw, delta = attribute(network, film, method, target)
    strength = F.interpolate(raw, image.shape[-2:], mode="bilinear", align_corners=False)[0, 0].cpu().numpy()
    if not scale:
        scale = float(np.percentile(strength, WHITE))
    shown = np.clip(strength / scale, 0, 1) if scale > 0 else np.zeros_like(strength)
    return Saliency(shown.astype(np.float32), scale, delta, method, target)


def looked_at(model: nn.Module, film: Tensor, method: str) -> Tensor:
    """The model's answer `[1, classes]` to a film that the method is to explain.

    Raises:
        ValueError: an answer that is no number, or a model without what the method looks at.
    """
    with torch.enable_grad():
        logits = answered(model(film.clone().requires_grad_()))
    if method == "grad_cam" and not hasattr(model, "saliency_layer"):
        raise ValueError("this model names no layer (`saliency_layer`) for Grad-CAM to look at; choose another map")
    if method != "occlusion" and not logits.requires_grad:
        raise ValueError("this model gives no gradient, which this map needs; choose occlusion, which only asks it")
    return logits.detach()


def attribute(network: nn.Module, film: Tensor, method: str, target: int) -> tuple[Tensor, float | None]:
    """Raw strength of each pixel of a bounded film, `[1, 1, h, w]`, never negative, and the delta of `Saliency`.

    `network` is a private copy: Captum hooks into it.
    """
    attribution, delta = CALLS[method](lead_of(network, target), network, film)
    return smoothed(attribution.detach()).abs(), delta


def lead_of(network: nn.Module, target: int) -> Score:
    """What is attributed: the lead of one class in calibrated decision logits, films `[N, 1, h, w]` → `[N]`."""

    def score(films: Tensor) -> Tensor:
        decisions = decision_logits(network, network(films))
        return margin(decisions, decisions.new_zeros(len(films), dtype=torch.int64), target)

    return score


def bounded(image: Tensor) -> Tensor:
    """A copy `[N, 1, h, w]` whose longer side is at most `LONGEST_SIDE`; differentiable."""
    height, width = image.shape[-2:]
    share = LONGEST_SIDE / max(height, width)
    if share >= 1:
        return image.clone()
    size = (max(1, round(height * share)), max(1, round(width * share)))
    return F.interpolate(image, size, mode="bilinear", antialias=True, align_corners=False)


def private_copy(model: nn.Module) -> nn.Module:
    """A copy of the model with modules of its own and the same weights."""
    shared = {id(tensor): tensor for tensor in chain(model.parameters(), model.buffers())}
    return copy.deepcopy(model, memo=shared)
