"""What happens to films without an adversary: recompression, blur, another contrast, a crooked cassette.

Not in the registry of attacks: an accident has a strength of its own (a JPEG quality, degrees) and no epsilon bounds
it; a rotation of one degree moves some pixels by a hundred grey levels. It is shown beside an attack with its own
`largest change`, never as if it had kept to the same budget. Noise, which can keep to one, is the registry's `noise`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

import models
from imaging import Radiograph
from robustness.threat import GREY


@dataclass(frozen=True)
class Accident:
    """A change that nobody planned. Call it on films `[N, 1, H, W]` in [0, 1] and get films of the same kind.

    Args:
        title, plain: for a clinician.
        unit: of the strength.
        words: the strength, put into a few words by `format`.
        strengths: from slight to plain, all of them seen in practice.
    """

    title: str
    plain: str
    unit: str
    words: str
    strengths: tuple[float, ...]
    change: Callable[[Tensor, float], Tensor]

    def __call__(self, images: Tensor, strength: float) -> Tensor:
        """Raises `ValueError` for films of another shape, or a strength that makes no sense."""
        if images.ndim != 4 or images.shape[1] != 1:
            raise ValueError(f"expected images of shape [N, 1, H, W], got {tuple(images.shape)}")
        if not math.isfinite(strength):
            raise ValueError(f"expected a finite strength in {self.unit}, got {strength}")
        return self.change(images, strength)


@dataclass(frozen=True)
class Mishap:
    """One accident that befell a radiograph, how it was read then, and the largest change in grey levels of 255."""

    accident: str
    strength: float
    reading: models.Reading
    largest_change: float

    @property
    def title(self) -> str:
        """What happened."""
        return ACCIDENTS[self.accident].title

    @property
    def words(self) -> str:
        """How strong it was."""
        return ACCIDENTS[self.accident].words.format(self.strength)


def befall(model: nn.Module, radiograph: Radiograph) -> tuple[Mishap, ...]:
    """Every accident at every strength, on the grey levels that the file can store."""
    images = torch.from_numpy(radiograph.pixels.copy())[None, None]
    made = []
    for name, accident in ACCIDENTS.items():
        for strength in accident.strengths:
            spoiled = radiograph.with_pixels(accident(images, strength)[0, 0].numpy())
            change = float(np.abs(spoiled.pixels - radiograph.pixels).max()) * GREY
            made.append(Mishap(name, strength, models.read(model, spoiled), change))
    return tuple(made)


def _jpeg(images: Tensor, quality: float) -> Tensor:
    if not 1 <= quality <= 100:
        raise ValueError(f"expected a JPEG quality of 1 to 100, got {quality}")
    films = []
    for film in images[:, 0].mul(GREY).round().byte().cpu().numpy():
        file = io.BytesIO()
        Image.fromarray(film).save(file, "JPEG", quality=round(quality))
        films.append(np.asarray(Image.open(file), np.float32) / GREY)
    return torch.from_numpy(np.stack(films))[:, None].to(images)


def _blur(images: Tensor, sigma: float) -> Tensor:
    if not sigma > 0:
        raise ValueError(f"expected a blur above 0 pixels, got {sigma}")
    reach = math.ceil(3 * sigma)
    places = torch.arange(-reach, reach + 1, device=images.device, dtype=images.dtype)
    kernel = torch.exp(-(places**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    padded = F.pad(images, (reach, reach, reach, reach), mode="replicate")
    return F.conv2d(F.conv2d(padded, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1)).clamp(0, 1)


def _resize(images: Tensor, percent: float) -> Tensor:
    if not 0 < percent <= 100:
        raise ValueError(f"expected a size above 0 and at most 100 percent, got {percent}")
    size = images.shape[-2:]
    fewer = [max(1, round(side * percent / 100)) for side in size]
    small = F.interpolate(images, fewer, mode="bilinear", antialias=True, align_corners=False)
    return F.interpolate(small, size, mode="bilinear", align_corners=False)


def _contrast(images: Tensor, percent: float) -> Tensor:
    middle = images.mean(dim=(1, 2, 3), keepdim=True)
    return (middle + (images - middle) * (1 + percent / 100)).clamp(0, 1)


def _rotation(images: Tensor, degrees: float) -> Tensor:
    height, width = images.shape[-2:]
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = images.new_tensor([[cos, sin * height / width, 0], [-sin * width / height, cos, 0]])
    grid = F.affine_grid(matrix.expand(len(images), 2, 3), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False).clamp(0, 1)


ACCIDENTS: dict[str, Accident] = {
    "jpeg": Accident(
        "JPEG", "Saved with loss, as for a slide or a chat.", "quality of 100", "quality {:g}", (90, 70, 50, 30), _jpeg
    ),
    "blur": Accident(
        "Blur",
        "The patient moved or breathed a little.",
        "pixels (standard deviation)",
        "{:g} pixels",
        (0.5, 1, 2),
        _blur,
    ),
    "resize": Accident(
        "Resize", "Sent or shown with fewer pixels.", "percent of each side", "{:g} %", (75, 50, 25), _resize
    ),
    "contrast": Accident(
        "Contrast", "Another window, another detector.", "percent", "{:+g} %", (-20, -10, 10, 20), _contrast
    ),
    "rotation": Accident(
        "Rotation", "The patient stood a little crooked.", "degrees (clockwise)", "{:+g}°", (-5, -2, 2, 5), _rotation
    ),
}
