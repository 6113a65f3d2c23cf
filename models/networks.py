"""Networks that take a film as it is: any size, display space [0, 1], all preparation inside and differentiable."""

from collections.abc import Sequence

import torch
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


class Block(nn.Module):
    """Residual block (He et al. 2016, figure 5 left). Each ReLU is a module of its own: saliency methods hook them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True) if stride != 1 else nn.Identity(),
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return self.relu2(out + self.shortcut(x))


class ChestNet(nn.Module):
    """A slim residual network for grey films: `[N, 1, H, W]` in [0, 1] → calibrated logits `[N, classes]`.

    Args:
        size: side of the square that the film is brought to, in pixels.
        width: channels of the first stage; each later stage doubles them.
        depths: residual blocks of each stage.
        classes: number of logits, the disease last.
    """

    def __init__(
        self, *, size: int = 160, width: int = 32, depths: Sequence[int] = (2, 2, 2, 2), classes: int = 2
    ) -> None:
        super().__init__()
        self.prepare = Resize(size)
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        stages, channels = [], width
        for stage, depth in enumerate(depths):
            outputs = width * 2**stage
            for block in range(depth):
                stages.append(Block(channels, outputs, 2 if stage and not block else 1))
                channels = outputs
        self.blocks = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(channels, classes)
        self.register_buffer("temperature", torch.ones(()))

    @property
    def saliency_layer(self) -> nn.Module:
        """The last residual block: what Grad-CAM looks at."""
        return self.blocks[-1]

    def features(self, images: Tensor) -> Tensor:
        """What the last layer reads, `[N, channels]`."""
        return self.pool(self.blocks(self.stem(self.prepare(images)))).flatten(1)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.dropout(self.features(images))) / self.temperature
