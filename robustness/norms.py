"""The small pieces in which norms differ. The loop that uses them is written once, in `robustness.attacks.ascent`.

Sizes are in display units. For L2 the size is the root-mean-square change over the attackable pixels, so that both
norms speak of grey levels.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Generator, Tensor

TINY = 1e-30


class Norm(Protocol):
    """How a norm measures, points, projects and draws. `pixels` is the number of attackable pixels of one image."""

    def size(self, delta: Tensor, pixels: int) -> Tensor:
        """Size of each change, `[N, 1, H, W]` → `[N]`."""

    def direction(self, gradient: Tensor, pixels: int) -> Tensor:
        """The change of size 1 that follows the gradient furthest. Overwrites the gradient."""

    def reach(self, radius: Tensor) -> Tensor:
        """How far one pixel alone may move when the whole change has size `radius` `[N]`."""

    def project(self, images: Tensor, reference: Tensor, radius: Tensor, pixels: int) -> Tensor:
        """Images changed by at most `radius` `[N]`, where bounds of single pixels do not see to it. Overwrites them."""

    def within(self, like: Tensor, generator: Generator, region: Tensor | None) -> Tensor:
        """A random change of size at most 1, uniform in the ball of the attackable pixels, bool `[H, W]`; None: all."""

    def noise(self, like: Tensor, generator: Generator) -> Tensor:
        """A random change of size 1 that knows nothing of the model."""


class Linf:
    """The largest change of a pixel."""

    def size(self, delta: Tensor, pixels: int) -> Tensor:
        return delta.abs().flatten(1).amax(dim=1)

    def direction(self, gradient: Tensor, pixels: int) -> Tensor:
        return gradient.sign_()

    def reach(self, radius: Tensor) -> Tensor:
        return radius

    def project(self, images: Tensor, reference: Tensor, radius: Tensor, pixels: int) -> Tensor:
        return images  # the bounds of single pixels are the whole ball

    def within(self, like: Tensor, generator: Generator, region: Tensor | None) -> Tensor:
        return _random(torch.rand, like, generator) * 2 - 1  # what lies outside the region is cut off by its bounds

    def noise(self, like: Tensor, generator: Generator) -> Tensor:
        return _random(torch.rand, like, generator).sub_(0.5).sign()


class L2:
    """The root-mean-square change."""

    def size(self, delta: Tensor, pixels: int) -> Tensor:
        return torch.linalg.vector_norm(delta.flatten(1), dim=1) / math.sqrt(pixels)

    def direction(self, gradient: Tensor, pixels: int) -> Tensor:
        return gradient.div_(column(self.size(gradient, pixels).clamp_min(TINY)))

    def reach(self, radius: Tensor) -> Tensor:
        return torch.full_like(radius, torch.inf).where(radius > 0, radius)

    def project(self, images: Tensor, reference: Tensor, radius: Tensor, pixels: int) -> Tensor:
        delta = images.sub_(reference)
        share = (radius / self.size(delta, pixels).clamp_min(TINY)).clamp_max(1)
        return delta.mul_(column(share)).add_(reference)

    def within(self, like: Tensor, generator: Generator, region: Tensor | None) -> Tensor:
        pixels = like[0].numel() if region is None else int(region.sum())
        share = _random(torch.rand, like[:, 0, 0, 0], generator) ** (1 / pixels)
        draw = _random(torch.randn, like, generator)
        return self.direction(draw if region is None else draw * region, pixels) * column(share)

    def noise(self, like: Tensor, generator: Generator) -> Tensor:
        return self.direction(_random(torch.randn, like, generator), like[0].numel())


NORMS: dict[str, Norm] = {"linf": Linf(), "l2": L2()}


def column(values: Tensor) -> Tensor:
    """One value an image, `[N]` → `[N, 1, 1, 1]`, to go with whole films."""
    return values[:, None, None, None]


def _random(draw, like: Tensor, generator: Generator) -> Tensor:  # noqa: ANN001
    """Drawn on the CPU, so that a seed means the same on every device."""
    return draw(like.shape, generator=generator, dtype=like.dtype).to(like.device)
