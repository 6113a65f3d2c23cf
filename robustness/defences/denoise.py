"""A learned denoiser: a small network takes the attack out of a film before the model reads it.

Liao et al., CVPR 2018, section 3.2: it is trained so that the model says of the washed film what it says of the clean
one (`python -m training.denoiser`). It has a gradient, and an attacker who knows it uses that.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
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
    attack: a U-Net, as Liao et al.'s, on the four half-size pictures that a film's pixels make.

    Args:
        widths: channels of its levels, each half as fine as the one before.
    """

    def __init__(self, widths: Sequence[int] = (32, 64, 96)) -> None:
        super().__init__()
        self.begin = nn.Sequential(nn.PixelUnshuffle(2), *_layer(4, widths[0]), *_layer(widths[0], widths[0]))
        pairs = list(itertools.pairwise(widths))
        self.down = nn.ModuleList(nn.Sequential(*_layer(a, b, stride=2), *_layer(b, b)) for a, b in pairs)
        self.up = nn.ModuleList(nn.Sequential(*_layer(a + b, a)) for a, b in pairs)
        self.end = nn.Sequential(nn.Conv2d(widths[0], 4, 3, padding=1), nn.PixelShuffle(2))
        nn.init.zeros_(self.end[0].weight)  # so that training begins at taking nothing away
        nn.init.zeros_(self.end[0].bias)

    def _attack(self, images: Tensor) -> Tensor:
        """What is to be taken away; the films' sides must be even."""
        levels = [self.begin(images)]
        for down in self.down:
            levels.append(down(levels[-1]))
        coarse = levels.pop()
        for up in reversed(self.up):
            fine = levels.pop()
            coarse = up(torch.cat([fine, F.interpolate(coarse, fine.shape[-2:], mode="nearest")], 1))
        return self.end(coarse)

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        scale = LARGEST / max(height, width)
        if scale < 1:
            height, width = (max(1, round(side * scale)) for side in (height, width))
            images = F.interpolate(images, (height, width), mode="bilinear", antialias=True, align_corners=False)
        even = F.pad(images, (0, width % 2, 0, height % 2), mode="replicate")
        return (images - self._attack(even)[..., :height, :width]).clamp(0, 1)

    def save(self) -> None:
        """Keep the weights, as float16."""
        tensors = {name: t.half() if t.is_floating_point() else t for name, t in self.state_dict().items()}
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, WEIGHTS)


def _layer(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()


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
    denoiser.load_state_dict(load_file(WEIGHTS))
    return Denoised(model, defence, denoiser)
