"""Where stickers lie on films: the squares themselves, places worth trying, and how a hand may stick them on."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from robustness.budget import Budget
from robustness.norms import column

FINENESS = 4  # places looked at along the length of one sticker
HANDS = 3  # ways in which it may have been stuck on that are looked at in each step


def squares(films: Tensor, corners: Tensor, length: int) -> Tensor:
    """One square of `length` pixels a film by its upper left corner `[n, 2]`: bool `[n, 1, H, W]`."""
    height, width = films.shape[-2:]
    down = torch.arange(height, device=films.device)[:, None] - column(corners[:, 0])
    across = torch.arange(width, device=films.device)[None] - column(corners[:, 1])
    return (down >= 0) & (down < length) & (across >= 0) & (across < length)


def promising(gradient: Tensor, inside: Budget, length: int, places: int, generator: Generator) -> Tensor:
    """Upper left corners `[n, places, 2]`: half of them where a linear model with this gradient `[n, 1, H, W]` would
    gain most, no two of these less than half a sticker apart, and half by chance wherever anything can be gained."""
    stride = max(1, length // FINENESS)
    gain = torch.maximum(gradient * (inside.high - inside.reference), gradient * (inside.low - inside.reference))
    promise = F.avg_pool2d(gain, length, stride)[:, 0]  # [n, rows, columns] of places
    open_, corners = promise > 0, []
    down = torch.arange(promise.shape[1], device=gradient.device)[:, None]
    across = torch.arange(promise.shape[2], device=gradient.device)[None]
    for number in range(places):
        if number == (places + 1) // 2:
            promise = torch.rand(promise.shape, generator=generator).to(promise).where(open_, 0)
        best = promise.flatten(1).argmax(1)
        top, left = best // promise.shape[2], best % promise.shape[2]
        corners.append(torch.stack([top, left], 1) * stride)
        apart = (down - top[:, None, None]).abs().maximum((across - left[:, None, None]).abs())
        promise = promise.where(apart >= FINENESS // 2, -1)
    return torch.stack(corners, 1)


def awry(
    images: Tensor, corners: Tensor, length: int, shift: float, turn: float, generator: Generator
) -> Callable[[Tensor, Tensor], list[Tensor]]:
    """Views of films `[n, 1, H, W]`, given with their rows, whose stickers a hand has stuck on awry.

    Each is turned about its middle by up to `turn` degrees and moved by up to `shift` of its `length`, by chance;
    around it lie the `images` `[N, 1, H, W]` as they came. `corners` `[N, 2]` as in `squares`.
    """
    height, width = images.shape[-2:]
    half = images.new_tensor([width, height]) / 2
    middles = (corners.flip(1) + length / 2).to(images) / half - 1  # across and down, as `affine_grid` counts

    def once(films: Tensor, rows: Tensor) -> Tensor:
        chance = (2 * torch.rand((3, len(rows)), generator=generator) - 1).to(images)
        angle, offset = math.radians(turn) * chance[0], shift * length * chance[1:].T / half
        cos, sin = angle.cos(), angle.sin()
        rotation = torch.stack([cos, sin * height / width, -sin * width / height, cos], 1).view(-1, 2, 2)
        origin = middles[rows, :, None] - rotation @ (middles[rows] + offset)[..., None]
        grid = F.affine_grid(torch.cat([rotation, origin], 2), list(films.shape), align_corners=False)
        masks = squares(films, corners[rows], length)
        stuck, cover = (F.grid_sample(layer, grid, align_corners=False) for layer in (films * masks, masks.to(films)))
        return (images[rows] * (1 - cover) + stuck).clamp(0, 1)

    return lambda films, rows: [once(films, rows) for _ in range(HANDS)]
