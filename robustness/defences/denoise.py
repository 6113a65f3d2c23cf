"""A learned denoiser: a small network takes the attack out of a film before the model reads it.

Liao et al., CVPR 2018, section 3.2: it is trained so that the model says of the washed film what it says of the clean
one (`python -m training.denoiser`). It has a gradient, and an attacker who knows it uses that.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from robustness.defences import Defence
from robustness.defences.wrapped import Wrapped

WEIGHTS = Path(__file__).parent / "fits" / "denoiser.safetensors"
LARGEST = 224  # pixels: the side of the films it was trained on; a larger film is shrunk to it, as reading would anyway


class Denoiser(nn.Module):
    """Films `[N, 1, H, W]` in [0, 1] → films `[N, 1, h, w]`, longest side at most `LARGEST`, less what it takes for an
    attack. Works on the four half-size pictures that a film's pixels make (as FFDNet; Zhang, Zuo and Zhang 2018)."""

    def __init__(self, width: int = 24, depth: int = 5) -> None:
        super().__init__()
        middle = [layer for _ in range(depth - 2) for layer in (nn.Conv2d(width, width, 3, padding=1), nn.ReLU())]
        self.body = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, width, 3, padding=1),
            nn.ReLU(),
            *middle,
            nn.Conv2d(width, 4, 3, padding=1),
            nn.PixelShuffle(2),
        )
        nn.init.zeros_(self.body[-2].weight)  # so that training begins at taking nothing away
        nn.init.zeros_(self.body[-2].bias)

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        scale = LARGEST / max(height, width)
        if scale < 1:
            height, width = (max(1, round(side * scale)) for side in (height, width))
            images = F.interpolate(images, (height, width), mode="bilinear", antialias=True, align_corners=False)
        even = F.pad(images, (0, width % 2, 0, height % 2), mode="replicate")
        return (images - self.body(even)[..., :height, :width]).clamp(0, 1)

    def save(self) -> None:
        """Keep the weights, as float16."""
        save_file({name: tensor.half().contiguous() for name, tensor in self.state_dict().items()}, WEIGHTS)


class Denoised(Wrapped):
    """Reads films that the denoiser has washed."""

    def __init__(self, model: nn.Module, defence: Defence, denoiser: Denoiser) -> None:
        super().__init__(model, defence)
        self.denoiser = denoiser
        self.eval().requires_grad_(False)

    def forward(self, images: Tensor) -> Tensor:
        return self.model(self.denoiser(images))


def wrap(model: nn.Module, defence: Defence) -> Denoised:
    """The model behind the trained denoiser."""
    denoiser = Denoiser().to(next(model.parameters(), torch.empty(0)).device)
    denoiser.load_state_dict({name: tensor.float() for name, tensor in load_file(WEIGHTS).items()})
    return Denoised(model, defence, denoiser)
