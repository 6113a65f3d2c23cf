"""STRIP (Gao et al., ACSAC 2019): a film with a trigger keeps its answer whatever is laid over it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

from models import decision_logits

OVERLAYS = 16  # other films that are laid over each
BATCH = 64


@torch.inference_mode()
def calm(model: nn.Module, films: Tensor, overlays: Tensor, *, seed: int) -> NDArray[np.float64]:
    """How little the answers to a film vary, `[n]`: minus the mean entropy (bits) under other films laid over it.

    Args:
        films: `[n, 1, H, W]`, each judged alone.
        overlays: `[m, 1, H, W]` of both classes, known to be without a trigger; superimposed as in the paper (film and
            overlay are added, and halved to stay in range).
        seed: which overlays each film gets.
    """
    generator, found = Generator().manual_seed(seed), []
    for film in films:
        chosen = overlays[torch.randint(len(overlays), (OVERLAYS,), generator=generator).to(overlays.device)]
        logits = torch.cat([decision_logits(model, model((film + part) / 2)) for part in chosen.split(BATCH)])
        likely = logits.softmax(1)
        bits = -(likely * likely.clamp_min(1e-12).log2()).sum(1)
        found.append(-float(bits.mean()))
    return np.array(found)
