"""What every step must respect, worked out once for a batch: the ball, the region, [0, 1] and the grey levels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from robustness.lattice import RESOLUTION, Lattice
from robustness.norms import NORMS, TINY, Norm, column
from robustness.threat import ThreatModel

FITS = 16  # tries at most to make a rounded L2 change as large as it was
NEARLY = 0.98  # of its size is enough
UNEVEN = 0.01  # by which pixels that change alike are told apart


@dataclass(frozen=True, eq=False)
class Budget:
    """Where a batch of changed films may lie.

    `reference`, `low`, `high`: `[N, 1, H, W]`; `radius`: `[N]`, the largest size of a change; `pixels`: attackable
    pixels of one image; `few`: how many of them may change, None for all; `grid`: steps lead along changes that are
    bilinear between so many points of the shorter side, None: along any.
    """

    norm: Norm
    reference: Tensor
    radius: Tensor
    low: Tensor
    high: Tensor
    region: Tensor | None
    pixels: int
    lattice: Lattice | None
    few: int | None = None
    grid: int | None = None

    @classmethod
    def of(
        cls, images: Tensor, threat: ThreatModel, radius: Tensor | None = None, share: float | None = None
    ) -> Budget:
        """The budget of `threat` around `images` `[N, 1, H, W]`; `radius` `[N]` overrides its epsilon image by image.

        `share` is the part of the attackable pixels that may change, None for all; at least one may.

        Raises:
            ValueError: images of another shape or outside [0, 1], a region of another size, pixels off the lattice.
        """
        if images.ndim != 4 or images.shape[1] != 1 or not images.numel():
            raise ValueError(f"expected images of shape [N, 1, H, W], got {tuple(images.shape)}")
        if images.dtype not in (torch.float32, torch.float64):
            raise ValueError(f"expected images of type float32 or float64, got {images.dtype}")
        least, most = images.aminmax()
        if not (least >= 0 and most <= 1):
            raise ValueError(f"expected images in [0, 1], got values from {float(least):.3g} to {float(most):.3g}")
        norm, region, pixels = NORMS[threat.norm], None, images[0].numel()
        if radius is None:
            radius = torch.full((len(images),), threat.epsilon, dtype=images.dtype, device=images.device)
        if threat.region is not None:
            region = torch.as_tensor(threat.region, dtype=torch.bool, device=images.device)
            if region.shape != images.shape[-2:]:
                raise ValueError(
                    f"expected a region of {tuple(images.shape[-2:])} like the film, got {tuple(region.shape)}"
                )
            pixels = int(region.sum())
        reach = norm.reach(radius)
        lattice = threat.lattice.to(images) if threat.lattice is not None else None
        if lattice is not None:
            low, high = lattice.hull(images, reach, region)
        else:
            low, high = (images - column(reach)).clamp_min_(0), (images + column(reach)).clamp_max_(1)
        if region is not None:
            low, high = low.where(region, images), high.where(region, images)
        few = None if share is None else max(1, int(share * pixels))
        return cls(norm, images, radius, low, high, region, pixels, lattice, few)

    @property
    def room(self) -> bool:
        """False where no pixel can change at all: epsilon 0, or less than the file's grey levels can hold."""
        return bool((self.high > self.low).any() & (self.radius > 0).any())

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """The rectangle that holds the region: first row and one past the last, first column and one past the last."""
        if self.region is None:
            return 0, self.reference.shape[-2], 0, self.reference.shape[-1]
        rows, columns = self.region.any(dim=1).nonzero()[:, 0], self.region.any(dim=0).nonzero()[:, 0]
        return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1

    def take(self, rows: Tensor) -> Budget:
        """The budget of some images of the batch, `rows` bool or index."""
        kept = {name: getattr(self, name)[rows] for name in ("reference", "radius", "low", "high")}
        return replace(self, **kept)

    def within(self, radius: Tensor) -> Budget:
        """The same budget with changes of at most `radius` `[N]`, where that is less. Its bounds are no grey levels."""
        reach = column(self.norm.reach(radius))
        low, high = torch.maximum(self.low, self.reference - reach), torch.minimum(self.high, self.reference + reach)
        return replace(self, radius=torch.minimum(radius, self.radius), low=low, high=high)

    def only(self, masks: Tensor) -> Budget:
        """The same budget where each film changes under its own mask alone, bool `[N, 1, H, W]`."""
        return replace(self, low=self.low.where(masks, self.reference), high=self.high.where(masks, self.reference))

    def random(self, generator: torch.Generator) -> Tensor:
        """A film drawn evenly from the ball around each reference, cut to the region and to [0, 1].

        With a grid, a change as large as may be, bilinear between its points.
        """
        change = self.norm.within(self.reference, generator, self.region)
        change = change if self.grid is None else self.direction(change)
        return self.project(self.reference + column(self.radius) * change)

    def direction(self, gradient: Tensor) -> Tensor:
        """The change of size 1 that follows the gradient furthest within the region. Overwrites the gradient.

        Where few pixels may change, it is the gradient itself, and the last of those that may change moves by 1.
        """
        gradient = self._masked(gradient)
        if self.grid is not None:
            change = self._masked(self._bilinear(gradient))
            return change.div_(column(self.norm.size(change, self.pixels).clamp_min(TINY)))
        if self.few is None:
            return self.norm.direction(gradient, self.pixels)
        return gradient.div_(column(_largest(gradient.abs(), self.few).values[:, -1].clamp_min(TINY)))

    def straight(self, gradient: Tensor) -> Tensor:
        """The gradient itself within the region, its root mean square brought to 1. Overwrites the gradient."""
        return NORMS["l2"].direction(self._masked(gradient), self.pixels)

    def project(self, images: Tensor) -> Tensor:
        """The images brought back inside, any value in between grey levels. Overwrites them."""
        images = self.norm.project(images, self.reference, self.radius, self.pixels)
        if self.few is None:
            return torch.clamp(images, self.low, self.high, out=images)
        wished = images - self.reference
        change = torch.clamp(images, self.low, self.high, out=images) - self.reference
        saved = change * (2 * wished - change)  # how much nearer to the wish a pixel comes if it may change
        kept = torch.zeros_like(saved, dtype=torch.bool).flatten(1).scatter_(1, _largest(saved, self.few).indices, True)
        return torch.where(kept.view_as(images), images, self.reference)

    def store(self, images: Tensor) -> Tensor:
        """Projected images as a file can hold them, still inside.

        Rounding to grey levels can lengthen an L2 change, and shortens or even undoes one that is small beside them. It
        is then stretched or shrunk until the rounded change is as large as it was, or nearly; where all pixels change
        alike, some of them do.
        """
        if self.lattice is None:
            return images
        stored = self._nearest(images)
        if self.norm is not NORMS["l2"]:
            return stored  # low and high are grey levels, so the nearest one lies between them
        change, wanted = images - self.reference, self.size(images)
        best, reached = self.reference, torch.zeros_like(wanted)
        low, high, share = torch.zeros_like(wanted), torch.full_like(wanted, torch.inf), torch.ones_like(wanted)
        for attempt in range(FITS):
            size = self.size(stored)
            fits = size <= self.radius + RESOLUTION
            fuller = fits & (size > reached)
            best, reached = torch.where(column(fuller), stored, best), torch.where(fuller, size, reached)
            if bool((reached >= NEARLY * wanted).all()):
                break
            if attempt == 0:  # most films fit as they are and never need it
                chance = torch.rand(images.shape[1:], generator=torch.Generator().manual_seed(0))
                uneven = 1 + UNEVEN * chance.to(images)
            low, high = torch.where(fits, share, low), torch.where(fits, high, share)
            guess = share * torch.where(size > 0, NEARLY**0.5 * wanted / size.clamp_min(TINY), 2)
            middle = torch.where(high.isinf(), 2 * share, (low + high) / 2)
            share = guess.where((attempt < 2) & (guess > low) & (guess < high), middle)
            stored = self._nearest((self.reference + change * (uneven * column(share))).clamp_(0, 1))
        return best

    def size(self, images: Tensor) -> Tensor:
        """Size of each image's change in the budget's norm, display units, `[N]`."""
        return self.norm.size(images - self.reference, self.pixels)

    def settle(self, images: Tensor) -> Tensor:
        """Stored images with every pixel that did not really change put back exactly as it was."""
        return torch.where((images - self.reference).abs() <= RESOLUTION, self.reference, images)

    def _bilinear(self, gradient: Tensor) -> Tensor:
        """The norm's own direction on the points of the grid, drawn out over the films."""
        height, width = gradient.shape[-2:]
        share = self.grid / min(height, width)
        points = gradient.new_zeros((len(gradient), 1, *(min(side, round(side * share)) for side in (height, width))))
        with torch.enable_grad():
            spread = F.interpolate(points.requires_grad_(), (height, width), mode="bilinear", align_corners=True)
            (pull,) = torch.autograd.grad(spread, points, gradient)
        change = self.norm.direction(pull, pull[0].numel())
        return F.interpolate(change, (height, width), mode="bilinear", align_corners=True)

    def _masked(self, gradient: Tensor) -> Tensor:
        return gradient if self.region is None else gradient.mul_(self.region)

    def _nearest(self, images: Tensor) -> Tensor:
        stored = self.lattice.nearest(images)
        return stored if self.region is None else torch.where(self.region, stored, self.reference)


def _largest(values: Tensor, few: int) -> torch.return_types.topk:
    return values.flatten(1).topk(few, dim=1)
