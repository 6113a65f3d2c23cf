"""Films as another machine, technician or patient would have made them: geometry, tone curve, blur, noise, markers."""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


def augment(films: Tensor, size: int, generator: Generator) -> Tensor:
    """Random variants of films, `[n, 1, H, W]` in [0, 1] → `[n, 1, size, size]` in [0, 1].

    Nothing depends on the label, so a model can't learn a class from how its films were processed.
    """
    films = _reframe(films, size, generator)
    films = _tone(films, generator)
    films = _blur(films, generator)
    films = _cover(films, generator)
    noise = 0.02 * uniform(len(films), generator) ** 2
    return (films + noise * torch.randn(films.shape, generator=generator, device=films.device)).clamp(0, 1)


def uniform(n: int, generator: Generator, low: float = 0, high: float = 1) -> Tensor:
    """Even draws between two bounds, `[n, 1, 1, 1]`."""
    return low + (high - low) * torch.rand((n, 1, 1, 1), generator=generator, device=generator.device)


def _reframe(films: Tensor, size: int, generator: Generator) -> Tensor:
    """Mirror, turn, shift, zoom and stretch (films of some sets have lost their proportions)."""
    n = len(films)
    u = [uniform(n, generator, -1, 1).flatten() for _ in range(5)]
    angle = u[0] * math.radians(12)
    zoom = 0.97 * torch.exp(0.16 * u[1])
    stretch = torch.exp(0.16 * u[2])
    mirror = torch.where(torch.rand(n, generator=generator, device=generator.device) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle), torch.sin(angle)
    matrix = torch.stack(
        [
            torch.stack([mirror * cos * zoom * stretch, -sin * zoom, 0.08 * u[3]], dim=-1),
            torch.stack([mirror * sin * zoom * stretch, cos * zoom, 0.08 * u[4]], dim=-1),
        ],
        dim=1,
    )
    grid = F.affine_grid(matrix, [n, 1, size, size], align_corners=False)
    return F.grid_sample(films, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _tone(films: Tensor, generator: Generator) -> Tensor:
    """Gamma, contrast, brightness, and a sigmoid as digital processing adds it."""
    n = len(films)
    films = films.clamp_min(0) ** torch.exp(0.35 * uniform(n, generator, -1, 1))
    films = 0.5 + (films - 0.5) * torch.exp(0.3 * uniform(n, generator, -1, 1))
    films = films + 0.1 * uniform(n, generator, -1, 1)
    bend = 0.6 * uniform(n, generator)
    curved = torch.sigmoid(6 * (films - 0.5))
    return ((1 - bend) * films + bend * curved).clamp(0, 1)


def _blur(films: Tensor, generator: Generator) -> Tensor:
    """A softer or (unsharp mask) crisper detector."""
    soft = F.avg_pool2d(films, 3, 1, 1, count_include_pad=False)
    return (films + uniform(len(films), generator, -0.8, 1) * (soft - films)).clamp(0, 1)


def _cover(films: Tensor, generator: Generator) -> Tensor:
    """A random grey rectangle on some films: no single place may decide the class."""
    n, size = len(films), films.shape[-1]
    axis = torch.arange(size, device=films.device) / size
    side = uniform(n, generator, 0.05, 0.25)
    top, left = uniform(n, generator), uniform(n, generator)
    rows = (axis.view(1, 1, -1, 1) - top).abs() < side / 2
    columns = (axis.view(1, 1, 1, -1) - left).abs() < side / 2
    chosen = rows & columns & (uniform(n, generator) < 0.4)
    return torch.where(chosen, uniform(n, generator), films)
