"""A film of any size brought to the square that a network takes."""

import torch.nn.functional as F
from torch import Tensor, nn

LEAST_CONTRAST = 0.1  # standard deviation; below it a film is not stretched any further, so noise is not blown up


class Resize(nn.Module):
    """Letterbox and normalise: `[N, 1, H, W]` in [0, 1] → `[N, 1, size, size]`, the film's proportions kept.

    Shrinking averages (antialias), so one pixel's change of at most epsilon stays at most epsilon; each film is then
    shifted to mean 0 and scaled to standard deviation 1, and the border beside it is 0.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, images: Tensor) -> Tensor:
        if images.ndim != 4 or images.shape[1] != 1:
            raise ValueError(f"expected images of shape [N, 1, H, W], got {tuple(images.shape)}")
        height, width = images.shape[-2:]
        scale = self.size / max(height, width)
        h, w = (max(1, round(side * scale)) for side in (height, width))
        if (h, w) != (height, width):
            images = F.interpolate(images, (h, w), mode="bilinear", antialias=True, align_corners=False)
        mean = images.mean(dim=(-2, -1), keepdim=True)
        # The variance is kept off zero because the gradient of a square root is infinite there.
        deviation = images.var(dim=(-2, -1), keepdim=True, unbiased=False).clamp_min(LEAST_CONTRAST**2).sqrt()
        top, left = (self.size - h) // 2, (self.size - w) // 2
        return F.pad((images - mean) / deviation, (left, self.size - w - left, top, self.size - h - top))

    def place(self, maps: Tensor, size: tuple[int, int]) -> Tensor:
        """The way back: maps over the whole square, `[N, C, h, w]`, as they lie on films of `size`."""
        side = max(size)
        square = F.interpolate(maps, (side, side), mode="bilinear", align_corners=False)
        top, left = (side - size[0]) // 2, (side - size[1]) // 2
        return square[..., top : top + size[0], left : left + size[1]]
