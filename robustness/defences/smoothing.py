"""Randomised smoothing: the answer that most noisy copies of a film give, and how far it is certain.

Cohen, Rosenfeld and Kolter, ICML 2019. `Smoothed` is what attacks meet: the mean probability over a few noisy copies,
whose noise is drawn anew each time, so that a gradient is an expectation over it (EOT). `certify` is the certificate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from scipy.stats import beta, norm
from torch import Generator, Tensor, nn

import models
from robustness.defences import Defence
from robustness.defences.wrapped import Wrapped

LEAST = 1e-6  # a probability is kept off 0 and 1 by this, so that its logit is finite
AT_A_TIME = 64 * 256 * 256  # pixels of the noisy copies that lie in memory together


class Smoothed(Wrapped):
    """Logits of the mean probability over `copies` of each film with Gaussian noise of `sigma` (display units).

    The noise differs from call to call; a model wrapped anew draws the same noises again.
    """

    def __init__(self, model: nn.Module, defence: Defence, sigma: float, copies: int) -> None:
        super().__init__(model, defence)
        self.sigma, self.copies = sigma, copies
        self.noise = Generator().manual_seed(0)

    def forward(self, images: Tensor) -> Tensor:
        noisy = images.repeat_interleave(self.copies, dim=0)
        noisy = noisy + self.sigma * torch.randn(noisy.shape, generator=self.noise).to(noisy)
        answers = self.model(noisy).softmax(-1).unflatten(0, (len(images), self.copies))
        return answers.mean(1).clamp(LEAST, 1 - LEAST).log()


def wrap(model: nn.Module, defence: Defence, *, sigma: float, copies: int) -> Smoothed:
    """The model, smoothed: with the noise that it was trained with, else with `sigma`."""
    return Smoothed(model, defence, getattr(model, "noise", 0.0) or sigma, copies)


@dataclass(frozen=True)
class Certificate:
    """`decision`: the smoothed model's answer, None where it abstains. `radius`: no change of at most this L2 norm (of
    all pixels together, display units) alters it, with probability `1 - alpha`; 0 where it abstains."""

    decision: int | None
    radius: float
    sigma: float

    def levels(self, pixels: int) -> float:
        """The radius as a root-mean-square change of a film of so many pixels, in grey levels of 255."""
        return 255 * self.radius / math.sqrt(pixels)


def certify(
    model: nn.Module,
    image: Tensor,
    *,
    sigma: float,
    seed: int,
    first: int = 100,
    copies: int = 1000,
    alpha: float = 0.001,
    on_step: Callable[[int], None] | None = None,
) -> Certificate:
    """Cohen et al.'s CERTIFY (section 3.2.2) for one film `[1, 1, H, W]` and a plain, not a smoothed, model.

    Args:
        sigma: standard deviation of the noise, display units.
        seed: all noise comes from it.
        first: copies that choose the answer.
        copies: further ones that bound its probability from below (Clopper and Pearson).
        alpha: probability that the certificate is wrong.
        on_step: called with the number of copies read so far; what it raises ends the work.
    """
    generator = Generator().manual_seed(seed)
    read = _Count(on_step)
    answer = int(_votes(model, image, sigma, first, generator, read).argmax())
    count = int(_votes(model, image, sigma, copies, generator, read)[answer])
    low = float(beta.ppf(alpha, count, copies - count + 1)) if count else 0.0
    if low <= 0.5:
        return Certificate(None, 0.0, sigma)
    return Certificate(answer, sigma * float(norm.ppf(low)), sigma)


class _Count:
    """Tells whoever watches how many copies were read."""

    def __init__(self, on_step: Callable[[int], None] | None) -> None:
        self.on_step, self.read = on_step, 0

    def add(self, n: int) -> None:
        self.read += n
        if self.on_step is not None:
            self.on_step(self.read)


@torch.no_grad()
def _votes(model: nn.Module, image: Tensor, sigma: float, copies: int, generator: Generator, read: _Count) -> Tensor:
    """How many noisy copies get each answer at the operating point, `[classes]`."""
    votes: list[Tensor] = []
    while (left := copies - sum(int(each.sum()) for each in votes)) > 0:
        n = min(left, max(1, AT_A_TIME // image.numel()))
        noise = torch.randn((n, *image.shape[1:]), generator=generator).to(image)
        decisions = models.decision_logits(model, model(image + sigma * noise))
        votes.append(torch.bincount(decisions.argmax(1), minlength=decisions.shape[1]))
        read.add(n)
    return torch.stack(votes).sum(0)
