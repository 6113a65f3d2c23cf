"""Breasts as other women have them and as other machines show them: film and digital look unlike each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from training.augment import uniform

BROAD = 8  # the brightness that a rim equalisation removes is computed at an eighth of the raster


def augment(breasts: Tensor, outlines: Tensor, lesions: Tensor, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Random variants of evened breasts `[n, 1, h, w]` in [0, 1], their outlines and lesions at a quarter of that.

    They come back in display grey values, as a file of another machine would hold them; outlines at full size.
    """
    matrix = _geometry(len(breasts), breasts.shape[-2] / breasts.shape[-1], generator)
    films = _warp(breasts, matrix, breasts.shape[-2:])
    small = _warp(torch.cat([outlines, lesions], dim=1), matrix, outlines.shape[-2:])
    outlines, lesions = small.split(1, dim=1)
    outlines = F.interpolate(outlines, size=films.shape[-2:], mode="bilinear", align_corners=False)
    films = _tone(films, generator)
    films = _even_rim(films, outlines, generator)
    films = _detector(films, generator)
    return _window(films, generator) * (outlines > 0), outlines, lesions


def patches(
    breasts: Tensor, lesions: Tensor, centres: Tensor, side: int, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Squares of `side` pixels around `centres` `[n, 2]` (x, y of a grid from −1 to 1): `[n, 1, side, side]`, varied as
    in `augment`, on the evened scale; and the lesions on them at a quarter of that. The films are uint8."""
    matrix = _geometry(len(breasts), 1.0, generator)
    matrix[:, :, 2] = 0
    height, width = lesions.shape[-2:]
    starts = ((centres + 1) / 2 * torch.tensor([width, height]) - side / 4).round().long()
    films = _warp(_windows(breasts, 4 * starts, 2 * side).to(matrix), matrix / 2, (side, side))
    lesions = _warp(_windows(lesions, starts, side // 2).to(matrix), matrix / 2, (side // 4, side // 4))
    return _detector(_tone(films, generator), generator), lesions


def _windows(films: Tensor, starts: Tensor, side: int) -> Tensor:
    """Squares cut out of uint8 films from (x, y) on, before they take four times the room; 0 beyond the film."""
    cut = torch.zeros(len(films), 1, side, side)
    for film, window, (x, y) in zip(films, cut, starts.tolist(), strict=True):
        top, left = max(y, 0), max(x, 0)
        piece = film[:, top : max(y + side, 0), left : max(x + side, 0)]
        window[:, top - y : top - y + piece.shape[-2], left - x : left - x + piece.shape[-1]] = piece / 255
    return cut


def _sometimes(n: int, generator: Generator, chance: float) -> Tensor:
    return (uniform(n, generator) < chance).float()


def _geometry(n: int, aspect: float, generator: Generator) -> Tensor:
    """Turn, zoom, stretch, shift, and stand half of them on their heads: `[n, 2, 3]`."""
    u = [uniform(n, generator, -1, 1).flatten() for _ in range(5)]
    angle, zoom, stretch = math.radians(15) * u[0], torch.exp(0.18 * u[1]), torch.exp(0.1 * u[2])
    upside = torch.where(uniform(n, generator).flatten() < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle), torch.sin(angle)
    return torch.stack(
        [
            torch.stack([cos * zoom * stretch, -sin * zoom * aspect * upside, 0.06 * u[3]], dim=-1),
            torch.stack([sin * zoom * stretch / aspect, cos * zoom * upside, 0.06 * u[4]], dim=-1),
        ],
        dim=1,
    )


def _warp(image: Tensor, matrix: Tensor, size: Sequence[int]) -> Tensor:
    grid = F.affine_grid(matrix, [len(image), 1, *size], align_corners=False)
    return F.grid_sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _tone(films: Tensor, generator: Generator) -> Tensor:
    """Gamma, and the S of film or of a digital look-up table."""
    n = len(films)
    films = films ** torch.exp(0.5 * uniform(n, generator, -1, 1))
    steep, middle = uniform(n, generator, 4, 9), uniform(n, generator, 0.35, 0.65)
    bend = 0.8 * uniform(n, generator)
    return (1 - bend) * films + bend * torch.sigmoid(steep * (films - middle))


def _even_rim(films: Tensor, outlines: Tensor, generator: Generator) -> Tensor:
    """Half of them lose part of their broad brightness, as peripheral equalisation and local contrast take it."""
    brightness = F.avg_pool2d(F.avg_pool2d(films, BROAD), 9, 1, 4, count_include_pad=False)
    covered = F.avg_pool2d(F.avg_pool2d(outlines, BROAD), 9, 1, 4, count_include_pad=False)
    broad = F.interpolate(
        brightness / covered.clamp_min(0.05), size=films.shape[-2:], mode="bilinear", align_corners=False
    )
    n = len(films)
    strength = 0.7 * uniform(n, generator) * _sometimes(n, generator, 0.5)
    return films - strength * (broad - 0.5) * outlines


def _detector(films: Tensor, generator: Generator) -> Tensor:
    """Softer or (unsharp mask) crisper, of less resolution, noisier."""
    n = len(films)
    films = films + uniform(n, generator, -1, 0.5) * (F.avg_pool2d(films, 3, 1, 1) - films)
    coarse = F.interpolate(F.avg_pool2d(films, 2), size=films.shape[-2:], mode="bilinear", align_corners=False)
    films = films + uniform(n, generator) * _sometimes(n, generator, 0.1) * (coarse - films)
    noise = torch.randn(films.shape, generator=generator, device=films.device)
    return films + 0.02 * uniform(n, generator) ** 2 * noise


def _window(films: Tensor, generator: Generator) -> Tensor:
    """Somewhere in the file's range of grey, some of it clipped."""
    n = len(films)
    low, high = uniform(n, generator, -0.05, 0.2), uniform(n, generator, 0.6, 1.1)
    return (low + (high - low) * films).clamp(0, 1)
