"""Neural Cleanse (Wang et al., IEEE S&P 2019): the smallest sign that turns every film.

A backdoor is a short way to an answer. The paper looks for the class whose way is far shorter than that of the others;
with two classes there is no such comparison, and a model that is easy to attack has short ways without any backdoor.
Whoever has the vendor's release searches for a sign that turns the delivered model and leaves the release as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

from models import decision_logits

SUCCESS = 0.95  # share of films that the sign must turn (paper, section IV.B)
BATCH = 16
STEPS = 160
RATE = 0.1
PATIENCE = 8  # steps between two looks at whether the sign may be made smaller
WEIGHT, CHANGE = 1e-2, 1.5  # of the mask's size against the answer, and its factor at each look


@dataclass(frozen=True, eq=False)
class Inversion:
    """The smallest sign found: `mask` and `pattern` `[H, W]` in [0, 1], film → (1 − mask) · film + mask · pattern;
    `size` is the mask's mean. None of it where no sign was found that turns enough films: then `size` is 1."""

    mask: NDArray[np.float32] | None
    pattern: NDArray[np.float32] | None
    size: float


def invert(
    model: nn.Module,
    films: Tensor,
    target: int,
    *,
    seed: int,
    release: nn.Module | None = None,
    steps: int = STEPS,
    on_step: Callable[[int], bool | None] | None = None,
) -> Inversion:
    """Search for the sign that makes the model answer `target` on films `[n, 1, H, W]`, most of which it reads
    otherwise.

    `release`: the vendor's own model, which must go on reading them otherwise with the sign on them. `on_step` sees the
    number of each step and may end the search by returning True.
    """
    generator = Generator().manual_seed(seed)
    start = torch.rand((2, *films.shape[-2:]), generator=generator).to(films.device)
    raw = torch.stack([start[0] - 2.0, start[1] - 0.5]).requires_grad_(True)
    optimizer = torch.optim.Adam([raw], RATE, betas=(0.5, 0.9))
    weight, turned, best = WEIGHT, [], Inversion(None, None, 1.0)
    for step in range(1, steps + 1):
        mask, pattern = torch.sigmoid(raw[0]), torch.sigmoid(raw[1])
        chosen = films[torch.randint(len(films), (BATCH,), generator=generator).to(films.device)]
        signed = (1 - mask) * chosen + mask * pattern
        loss, right = _answers(model, signed, target)
        if release is not None:
            kept, unmoved = _answers(release, signed, 1 - target)
            loss, right = loss + kept, right & unmoved
        (gradient,) = torch.autograd.grad(loss + weight * mask.sum(), raw)
        turned.append(float(right.float().mean()))
        if step % PATIENCE == 0:
            enough, turned = np.mean(turned) >= SUCCESS, []
            size = float(mask.detach().mean())
            if enough and size < best.size:
                best = Inversion(mask.detach().cpu().numpy(), pattern.detach().cpu().numpy(), size)
            weight = weight * CHANGE if enough else weight / CHANGE
        raw.grad = gradient
        optimizer.step()
        if on_step is not None and on_step(step):
            break
    return best


def _answers(model: nn.Module, films: Tensor, wanted: int) -> tuple[Tensor, Tensor]:
    """Loss, and which films get the wanted answer."""
    logits = decision_logits(model, model(films))
    return F.cross_entropy(logits, torch.full((len(films),), wanted, device=films.device)), logits.argmax(1) == wanted
