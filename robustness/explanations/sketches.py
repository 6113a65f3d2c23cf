"""The four saliency maps as an attack sees them: cheap, and with a gradient by the film.

Each is made for one network and one class and called with a bounded film `[1, 1, h, w]`; it returns the map in the
unit of `robustness.saliency`, `[1, 1, h, w]`, never negative. A few samples stand for the many of the full method;
which ones changes from call to call, so that an attack does not fit itself to some of them. The seed decides which.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from robustness.explanations.soft import softened
from robustness.saliency.explain import lead_of, private_copy
from robustness.saliency.methods import NOISE, PATCHES, even_grey, smoothed

Sketch = Callable[[Tensor], Tensor]

POINTS = 4  # of the path of Integrated Gradients
COPIES = 4  # noisy ones, of SmoothGrad
COVERED = 12  # patches of Occlusion
ROUNDING = 0.1  # of a map's typical strength: within it |x| and max(x, 0) are rounded off, so that 0 has a way out


class GradCam:
    """Selvaraju et al. 2017, on the model itself: its map has a gradient as it is."""

    def __init__(self, model: nn.Module, target: int, generator: Generator) -> None:
        self.network = private_copy(model)
        self.score = lead_of(self.network, target)

    def __call__(self, film: Tensor) -> Tensor:
        seen: list[Tensor] = []
        hook = self.network.saliency_layer.register_forward_hook(lambda _layer, _inputs, output: seen.append(output))
        try:
            lead = self.score(film)
        finally:
            hook.remove()
        (gradient,) = torch.autograd.grad(lead.sum(), seen[0], create_graph=True)
        summed = (gradient.mean(dim=(2, 3), keepdim=True) * seen[0]).sum(dim=1, keepdim=True)
        positive = (summed + _length(summed)) / 2
        if hasattr(self.network, "to_film"):
            return smoothed(self.network.to_film(positive, film))
        return smoothed(F.interpolate(positive, film.shape[-2:], mode="bilinear", align_corners=False))


class IntegratedGradients:
    """Sundararajan et al. 2017, on the softened model: one random point in each of a few stretches of the path."""

    def __init__(self, model: nn.Module, target: int, generator: Generator) -> None:
        self.score, self.generator = lead_of(softened(model), target), generator

    def __call__(self, film: Tensor) -> Tensor:
        grey = even_grey(film.detach())
        places = (torch.arange(POINTS) + torch.rand(POINTS, generator=self.generator)) / POINTS
        way = film - grey
        films = grey + places.to(film)[:, None, None, None] * way
        return _length(smoothed(way * _slope(self.score, films)))


class SmoothGrad:
    """Smilkov et al. 2017, on the softened model."""

    def __init__(self, model: nn.Module, target: int, generator: Generator) -> None:
        self.score, self.generator = lead_of(softened(model), target), generator

    def __call__(self, film: Tensor) -> Tensor:
        spread = float(film.detach().amax() - film.detach().amin()) * NOISE
        noise = torch.randn((COPIES, *film.shape[1:]), generator=self.generator).to(film)
        return _length(smoothed(_slope(self.score, film + spread * noise)))


class Occlusion:
    """Zeiler and Fergus 2014, on the model itself: it needs no gradient, so the map has one.

    Only a few patches are covered at each call, in random order; the others stand as they were last seen.
    """

    def __init__(self, model: nn.Module, target: int, generator: Generator) -> None:
        self.score, self.generator = lead_of(private_copy(model), target), generator
        self.drops = torch.zeros(0)
        self.waiting: list[int] = []

    def __call__(self, film: Tensor) -> Tensor:
        rows, columns = (_windows(length, max(2, max(film.shape[-2:]) // PATCHES)) for length in film.shape[-2:])
        if not self.drops.numel():
            self.drops = film.new_zeros(len(rows) * len(columns))
            with torch.no_grad():
                for some in torch.arange(len(self.drops)).split(COVERED):
                    self.drops[some] = self._drop(film, rows, columns, some.tolist())
        if len(self.waiting) < COVERED:
            self.waiting += torch.randperm(len(self.drops), generator=self.generator).tolist()
        covered, self.waiting = self.waiting[:COVERED], self.waiting[COVERED:]
        fresh = self._drop(film, rows, columns, covered)
        drops = self.drops.index_put((torch.tensor(covered, device=film.device),), fresh)
        self.drops = drops.detach()
        down, across = _cover(rows, film.shape[-2], film), _cover(columns, film.shape[-1], film)
        total = down.mT @ drops.view(len(rows), len(columns)) @ across
        count = down.sum(0)[:, None] * across.sum(0)
        return _length(smoothed((total / count)[None, None]))

    def _drop(self, film: Tensor, rows: list[slice], columns: list[slice], covered: list[int]) -> Tensor:
        grey = even_grey(film.detach())
        films = [film]
        for patch in covered:
            place = (..., rows[patch // len(columns)], columns[patch % len(columns)])
            hidden = torch.zeros_like(film, dtype=torch.bool)
            hidden[place] = True
            films.append(torch.where(hidden, grey, film))
        leads = self.score(torch.cat(films))
        return leads[0] - leads[1:]


SKETCHES: dict[str, Callable[[nn.Module, int, Generator], Sketch]] = {
    "grad_cam": GradCam,
    "integrated_gradients": IntegratedGradients,
    "smooth_grad": SmoothGrad,
    "occlusion": Occlusion,
}


def _slope(score: Callable[[Tensor], Tensor], films: Tensor) -> Tensor:
    """Mean gradient of the score over some films, `[1, 1, h, w]`; itself with a gradient."""
    (gradient,) = torch.autograd.grad(score(films).sum(), films, create_graph=True)
    return gradient.mean(dim=0, keepdim=True)


def _length(values: Tensor) -> Tensor:
    """|x|, rounded off around 0."""
    rounding = ROUNDING * values.detach().abs().mean()
    return (values.square() + rounding.square() + 1e-24).sqrt()


def _windows(length: int, side: int) -> list[slice]:
    """Where patches lie along one side: they overlap by half, and the last ends with the film."""
    side = min(side, length)
    stride = max(1, side // 2)
    return [slice(start, min(start + side, length)) for start in range(0, max(1, length - side + stride), stride)]


def _cover(windows: list[slice], length: int, like: Tensor) -> Tensor:
    """1 where a window lies, `[windows, length]`."""
    cover = like.new_zeros((len(windows), length))
    for row, window in zip(cover, windows, strict=True):
        row[window] = 1
    return cover
