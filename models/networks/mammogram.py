"""The network that reads mammograms: a slim residual network that says where it sees a lesion, then whether."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.networks.blocks import Block
from models.networks.breast import Breast

CENTRE, SPREAD = 0.45, 0.25  # of the prepared grey values, roughly
FINE, MIDDLE = 0.02, 0.08  # the same of what is finer than 5 pixels, and than 36


def details(prepared: Tensor) -> Tensor:
    """Prepared breasts `[N, 1, h, w]` at three scales, each about as strong: grey value, middle and fine detail.

    Calcifications and spicules are faint beside the difference between fat and gland; side by side they count alike.
    Returns `[N, 3, h, w]`.
    """
    soft = F.avg_pool2d(prepared, (1, 5), 1, (0, 2), count_include_pad=False)
    soft = F.avg_pool2d(soft, (5, 1), 1, (2, 0), count_include_pad=False)
    broad = F.avg_pool2d(F.avg_pool2d(soft, 4), 9, 1, 4, count_include_pad=False)
    broad = F.interpolate(broad, prepared.shape[-2:], mode="bilinear", align_corners=False)
    return torch.cat([(prepared - CENTRE) / SPREAD, (soft - broad) / MIDDLE, (prepared - soft) / FINE], dim=1)


class MammogramNet(nn.Module):
    """`[N, 1, H, W]` in [0, 1] → calibrated logits `[N, 2]`, normal and suspicious.

    A heat map of two layers is laid over the breast at a sixteenth of the raster: any lesion, and a lesion that looks
    malignant. The film's logit is a smooth maximum of the second. So the film is suspicious because of a place.

    Args:
        size: height and width of the raster laid over the breast, in pixels.
        width: channels of the first stage; each later stage doubles them.
        depths: residual blocks of each of the stages, which see 1/4, 1/8, 1/16, 1/16 of the raster.
    """

    def __init__(
        self, *, size: Sequence[int] = (576, 320), width: int = 32, depths: Sequence[int] = (2, 2, 2, 2)
    ) -> None:
        super().__init__()
        self.prepare = Breast((size[0], size[1]))
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        stages, channels = [], width
        for stage, depth in enumerate(depths):
            outputs = width * 2**stage
            for block in range(depth):
                stages.append(Block(channels, outputs, 2 if stage in (1, 2) and not block else 1))
                channels = outputs
        self.blocks = nn.Sequential(*stages)
        self.dropout = nn.Dropout2d(0.2)
        self.head = nn.Conv2d(channels, 2, 1)
        self.sharpness = nn.Parameter(torch.tensor(3.0))
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.bias = nn.Parameter(torch.tensor(-1.0))
        self.register_buffer("temperature", torch.ones(()))

    @property
    def saliency_layer(self) -> nn.Module:
        """The last residual block: what Grad-CAM looks at."""
        return self.blocks[-1]

    def early(self, images: Tensor, depth: int = 1) -> Tensor:
        """What the last `depth` residual blocks take, `[N, channels, h, w]`."""
        prepared, _ = self.prepare(images)
        return self.blocks[:-depth](self.stem(details(prepared)))

    def late(self, early: Tensor, depth: int = 1) -> Tensor:
        """From what `early` gives to calibrated logits `[N, 2]`: the last blocks, the heat map and the judgement."""
        return self.answer(self.late_heat(early, depth))

    def late_heat(self, early: Tensor, depth: int = 1) -> Tensor:
        """From what `early` gives to the heat map, as `heat` gives it; in single precision even under autocast."""
        heat = self.head(self.dropout(self.blocks[-depth:](early)))
        return heat.to(torch.promote_types(heat.dtype, torch.float32))

    def heat(self, prepared: Tensor) -> Tensor:
        """Logits of any and of a malignant-looking lesion at each place of prepared breasts, `[N, 2, h, w]`."""
        return self.late_heat(self.stem(details(prepared)), len(self.blocks))

    def judge(self, heat: Tensor) -> Tensor:
        """Of each layer of the heat map one logit for the film, `[N, 2]`: a smooth maximum over its places."""
        places = heat.shape[-2] * heat.shape[-1]
        peak = ((self.sharpness * heat).flatten(2).logsumexp(-1) - math.log(places)) / self.sharpness
        return self.scale * peak + self.bias

    def forward(self, images: Tensor) -> Tensor:
        prepared, _ = self.prepare(images)
        return self.answer(self.heat(prepared))

    def answer(self, heat: Tensor) -> Tensor:
        """Calibrated logits `[N, 2]` of a heat map."""
        suspicious = self.judge(heat)[:, 1] / self.temperature
        return torch.stack([-suspicious / 2, suspicious / 2], dim=-1)

    def to_film(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps over the prepared raster, `[N, 1, h, w]`, as they lie on the films: `[N, 1, H, W]`, 0 off the frame."""
        frame, _ = self.prepare.find(images)
        full = F.interpolate(maps, self.prepare.size, mode="bilinear", align_corners=False)
        return frame.place(full, images.shape[-2:])
