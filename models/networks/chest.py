"""The network that reads chest films."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.networks.blocks import Block
from models.networks.resize import Resize


class ChestNet(nn.Module):
    """A slim residual network for grey films: `[N, 1, H, W]` in [0, 1] → calibrated logits `[N, classes]`.

    Args:
        size: side of the square that the film is brought to, in pixels.
        width: channels of the first stage; each later stage doubles them.
        depths: residual blocks of each stage.
        classes: number of logits, the disease last.
        noise: standard deviation of the noise it was trained with, display units; what smoothing it should use.
    """

    def __init__(
        self,
        *,
        size: int = 160,
        width: int = 32,
        depths: Sequence[int] = (2, 2, 2, 2),
        classes: int = 2,
        noise: float = 0.0,
    ) -> None:
        super().__init__()
        self.noise = noise
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

    def early(self, images: Tensor, depth: int = 1) -> Tensor:
        """What the last `depth` residual blocks take, `[N, channels, h, w]`."""
        return self.blocks[:-depth](self.stem(self.prepare(images)))

    def late(self, early: Tensor, depth: int = 1) -> Tensor:
        """From what `early` gives to logits `[N, classes]`: the last blocks and the head."""
        return self.head(self.dropout(self._pooled(early, depth))) / self.temperature

    def features(self, images: Tensor) -> Tensor:
        """What the last layer reads, `[N, channels]`."""
        return self._pooled(self.early(images), 1)

    def _pooled(self, early: Tensor, depth: int) -> Tensor:
        return self.pool(self.blocks[-depth:](early)).flatten(1)

    def to_film(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps over the network's square, `[N, 1, h, w]`, as they lie on the films: `[N, 1, H, W]`."""
        return self.prepare.place(maps, images.shape[-2:])

    def forward(self, images: Tensor) -> Tensor:
        return self.late(self.early(images))
