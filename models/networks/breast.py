"""Where the breast lies on a mammogram: found, cut out, turned to one side and brought to its own grey scale.

Finding is a decision and has no gradient: the outline and the frame count as constants. All that happens to the grey
values after that is differentiable.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LOOK = 96  # longer side of the copy on which the breast is looked for, in pixels
MARGIN = 0.02  # kept around the breast, as a share of its own height and width
DARK, BRIGHT = 0.03, 0.99  # the breast's percentiles that become 0 and 1
LEAST_RANGE = 0.1  # grey values are never stretched from less than this, so that noise is not blown up


@dataclass(frozen=True)
class Frame:
    """A rectangle on each of N films, and the raster laid over it: four tensors `[N]`, in pixels of the film.

    Raster line i lies at `top + (i + 0.5) · row`, column j at `left + (j + 0.5) · column`; a negative `column` mirrors.
    """

    top: Tensor
    row: Tensor
    left: Tensor
    column: Tensor

    def sample(self, films: Tensor, size: tuple[int, int], thinned: int = 1) -> Tensor:
        """`[N, 1, H, W]` → `[N, 1, *size]`, linear, antialiased; 0 beyond the film. `thinned`: film pixels in one."""
        rows = _weights(size[0], films.shape[-2], self.top / thinned, self.row / thinned)
        columns = _weights(size[1], films.shape[-1], self.left / thinned, self.column / thinned)
        return rows[:, None].to(films.dtype) @ (films @ columns[:, None].mT.to(films.dtype))

    def place(self, maps: Tensor, size: tuple[int, int]) -> Tensor:
        """The way back: what was computed on the raster, `[N, 1, h, w]`, as it lies on films of `size`; 0 elsewhere."""
        back = Frame(-self.top / self.row, 1 / self.row, -self.left / self.column, 1 / self.column)
        return back.sample(maps, size)


def _weights(n: int, length: int, start: Tensor, step: Tensor) -> Tensor:
    """Triangle weights `[N, n, length]` that read n places from a line of `length` pixels."""
    places = start[:, None] + (torch.arange(n, device=start.device) + 0.5) * step[:, None]
    pixels = torch.arange(length, device=start.device) + 0.5
    reach = step.abs().clamp_min(1)[:, None, None]
    weights = (1 - (places[..., None] - pixels).abs() / reach).clamp_min(0)
    inside = ((places >= 0) & (places <= length))[..., None]
    return weights * inside / weights.sum(-1, keepdim=True).clamp_min(1e-6)


class Breast(nn.Module):
    """Prepare: `[N, 1, H, W]` in [0, 1] → the breast alone, chest wall on the left, `[N, 1, *size]`, and its outline.

    The breast keeps its proportions and fills the raster in height or width; outside its outline all is 0, so labels,
    white strips and padding don't matter. Inside, its 3rd and 99th percentile become 0 and 1, and what is darker 0.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        # Autocast would resample the film in half precision, which has too few grey values for faint signs.
        with torch.autocast(images.device.type, enabled=False):
            crop, breast = self.crop(images)
            return self.normalise(crop, breast), breast

    def crop(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The raster over the breast in the film's own grey values, and the outline on it, a constant in [0, 1]."""
        frame, breast = self.find(images)
        thinned = max(1, max(images.shape[-2:]) // (2 * max(self.size)))
        thin = F.avg_pool2d(images, thinned, ceil_mode=True) if thinned > 1 else images
        return frame.sample(thin, self.size, thinned), breast

    @torch.no_grad()
    def find(self, images: Tensor) -> tuple[Frame, Tensor]:
        """Where the breast is, and its outline on that frame's raster, `[N, 1, *size]` in [0, 1]."""
        if images.ndim != 4 or images.shape[1] != 1:
            raise ValueError(f"expected images of shape [N, 1, H, W], got {tuple(images.shape)}")
        small = _thumbnail(images)
        breast = outline(small)
        pixel = (images.shape[-2] / small.shape[-2], images.shape[-1] / small.shape[-1])
        top, bottom = (edge * pixel[0] for edge in _extent(breast.any(-1)[:, 0]))
        left, right = (edge * pixel[1] for edge in _extent(breast.any(-2)[:, 0]))
        step = torch.maximum((bottom - top) / self.size[0], (right - left) / self.size[1]) * (1 + MARGIN)
        mirrored = _chest_wall_is_right(breast[:, 0])
        frame = Frame(
            top=(top + bottom - step * self.size[0]) / 2,
            row=step,
            left=torch.where(mirrored, right, left),
            column=torch.where(mirrored, -step, step),
        )
        on_small = Frame(frame.top / pixel[0], frame.row / pixel[0], frame.left / pixel[1], frame.column / pixel[1])
        return frame, on_small.sample(breast.to(images.dtype), self.size)

    @staticmethod
    def normalise(crop: Tensor, breast: Tensor) -> Tensor:
        """The breast's own percentiles to 0 and 1, and 0 outside it. Differentiable, percentiles included."""
        coarse, within = F.avg_pool2d(crop, 4), F.avg_pool2d(breast, 4).flatten(1) > 0.9
        ordered = coarse.flatten(1).masked_fill(~within, torch.inf).sort(dim=1).values
        count = within.sum(1, keepdim=True).clamp_min(1)
        ordered = torch.where(ordered.isinf(), torch.zeros_like(ordered), ordered)
        dark, bright = (ordered.gather(1, ((count - 1) * share).long())[:, :, None, None] for share in (DARK, BRIGHT))
        return breast * ((crop - dark) / (bright - dark).clamp_min(LEAST_RANGE)).clamp_min(0)


def _thumbnail(images: Tensor) -> Tensor:
    height, width = images.shape[-2:]
    scale = min(1.0, LOOK / max(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    return F.interpolate(images, size, mode="bilinear", antialias=True, align_corners=False)


def outline(small: Tensor) -> Tensor:
    """The largest bright piece of thumbnails `[N, 1, h, w]`, as bool; everything where there is none.

    Bright is what stands a quarter of the way from the darkest grey to Otsu's threshold (1979): a breast's rim is far
    darker than its middle. Thin bridges to labels and strips are cut. The piece is the one grown from the middle of
    the broadest bright place.
    """
    bright = (small > _threshold(small)).to(small.dtype)
    cut = -F.max_pool2d(-bright, 3, 1, 1)
    broad = max(small.shape[-2:]) // 8 * 2 + 1
    weight = F.avg_pool2d(cut, broad, 1, broad // 2) * cut
    piece = torch.zeros_like(cut).flatten(1).scatter(1, weight.flatten(1).argmax(1, keepdim=True), 1).view_as(cut)
    for _ in range(3 * max(small.shape[-2:]) // 2):
        piece = F.max_pool2d(piece, 3, 1, 1) * cut
    piece = (F.max_pool2d(piece, 3, 1, 1) * bright) > 0
    return piece | (piece.sum((-2, -1), keepdim=True) < 0.01 * piece[0].numel())


def _threshold(small: Tensor) -> Tensor:
    """`[N, 1, 1, 1]`."""
    ordered = small.flatten(1).sort(dim=1).values
    n = ordered.shape[1]
    below = ordered.cumsum(1)
    count = torch.arange(1, n + 1, device=small.device)
    mean_below, mean_above = below / count, (below[:, -1:] - below) / (n - count).clamp_min(1)
    between = count * (n - count) * (mean_above - mean_below) ** 2
    otsu = ordered.gather(1, between.argmax(1, keepdim=True))
    darkest = ordered[:, n // 50 : n // 50 + 1]
    return (darkest + 0.25 * (otsu - darkest))[:, :, None, None]


def _extent(line: Tensor) -> tuple[Tensor, Tensor]:
    """First and one past the last True of `[N, n]`."""
    index = torch.arange(line.shape[1], device=line.device)
    first = torch.where(line, index, line.shape[1]).amin(1)
    return first, torch.where(line, index + 1, 0).amax(1)


def _chest_wall_is_right(breast: Tensor) -> Tensor:
    """`[N, h, w]` → `[N]`: a breast is tallest at the chest wall, so its middle lies on that side of its box."""
    columns = breast.sum(1)
    index = torch.arange(columns.shape[1], device=breast.device) + 0.5
    left, right = _extent(columns > 0)
    return (columns * index).sum(1) / columns.sum(1).clamp_min(1) > (left + right) / 2
