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
from robustness.defences import ALPHA, COPIES, Defence
from robustness.defences.wrapped import Wrapped

LEAST = 1e-6  # a probability is kept off 0 and 1 by this, so that its logit is finite
AT_A_TIME = 64 * 256 * 256  # pixels of the noisy copies that lie in memory together


class Smoothed(Wrapped):
    """Logits of the mean probability over `copies` of each film with Gaussian noise of `sigma` (display units).

    The noise differs from call to call; a model wrapped or reseeded draws the same noises again.
    """

    def __init__(self, model: nn.Module, defence: Defence, sigma: float, copies: int) -> None:
        super().__init__(model, defence)
        self.sigma, self.copies = sigma, copies
        self.noise = Generator()
        self.reseed(0)

    def reseed(self, seed: int) -> None:
        """All noise drawn from here on comes from this seed."""
        self.noise.manual_seed(seed)

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
    copies: int = COPIES,
    alpha: float = ALPHA,
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
    generator, read = Generator().manual_seed(seed), 0

    def votes(copies: int) -> Tensor:
        nonlocal read
        found = []
        for part in _parts(copies, image.numel()):
            found.append(_votes(model, image, sigma, part, generator))
            read += part
            if on_step is not None:
                on_step(read)
        return torch.stack(found).sum(0)

    answer = int(votes(first).argmax())
    count = int(votes(copies)[answer])
    low = float(beta.ppf(alpha, count, copies - count + 1)) if count else 0.0
    if low <= 0.5:
        return Certificate(None, 0.0, sigma)
    return Certificate(answer, sigma * float(norm.ppf(low)), sigma)


def _parts(copies: int, pixels: int) -> list[int]:
    """How many copies of a film of so many pixels are read together, until all are."""
    most = max(1, AT_A_TIME // pixels)
    return [min(most, copies - done) for done in range(0, copies, most)]


@torch.no_grad()
def _votes(model: nn.Module, image: Tensor, sigma: float, copies: int, generator: Generator) -> Tensor:
    """How many noisy copies get each answer at the operating point, `[classes]`."""
    noise = torch.randn((copies, *image.shape[1:]), generator=generator).to(image)
    decisions = models.decision_logits(model, model(image + sigma * noise))
    return torch.bincount(decisions.argmax(1), minlength=decisions.shape[1])
