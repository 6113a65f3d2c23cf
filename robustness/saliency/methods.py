"""The four methods through Captum, each `(score, network, films, target) → (attribution, delta)`.

`films` `[1, 1, h, w]` are of bounded size. `score`, films → `[N]`, is what is attributed: the lead of the target class
in decision logits, so 0 is the model's operating point. Attributions are `[1, 1, h, w]`, signed, in the method's unit.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam, NoiseTunnel, Occlusion, Saliency
from torch import Tensor, nn

Score = Callable[[Tensor], Tensor]
Attribution = tuple[Tensor, float | None]

BATCH = 8  # films at once: bounds the memory
PATH_STEPS = 32
NOISY_COPIES = 16
NOISE = 0.1  # of the film's range of brightness (Smilkov et al., section 3: 10 to 20 %)
PATCHES = 8  # patches along the longer side; they overlap by half


def even_grey(films: Tensor) -> Tensor:
    """A film without information, as bright as this one on average."""
    return films.mean(dim=(-2, -1), keepdim=True).expand_as(films)


def integrated_gradients(score: Score, network: nn.Module, films: Tensor) -> Attribution:
    """Path integral from even grey to the film, 32 Gauss-Legendre points.

    Completeness: the attributions add up to `score(film) − score(grey)`; delta is what they miss of it, relative to it.
    """
    grey = even_grey(films)
    attributed, missed = IntegratedGradients(score).attribute(
        films, grey, n_steps=PATH_STEPS, internal_batch_size=BATCH, return_convergence_delta=True
    )
    with torch.no_grad():
        change = float(score(films) - score(grey))
    return attributed, float(missed) / change if change else 0.0


def grad_cam(score: Score, network: nn.Module, films: Tensor) -> Attribution:
    """Last convolutional block (`network.saliency_layer`), channels weighted by their mean gradient, then ReLU."""
    attributed = LayerGradCam(score, network.saliency_layer).attribute(films, relu_attributions=True)
    if hasattr(network, "to_film"):  # the network saw the film through a frame of its own
        return network.to_film(attributed, films), None
    return LayerAttribution.interpolate(attributed, films.shape[-2:], "bilinear"), None


def smooth_grad(score: Score, network: nn.Module, films: Tensor) -> Attribution:
    """Mean gradient of 16 copies with Gaussian noise of a tenth of the film's range. The noise is always the same."""
    spread = float(films.max() - films.min()) * NOISE
    with torch.random.fork_rng(devices=[films.device] if films.is_cuda else []):
        # `torch.manual_seed` would start every device afresh, other people's draws on a GPU among them.
        (torch.cuda.manual_seed if films.is_cuda else torch.default_generator.manual_seed)(0)
        tunnel = NoiseTunnel(Saliency(score))
        attributed = tunnel.attribute(
            films, nt_type="smoothgrad", nt_samples=NOISY_COPIES, nt_samples_batch_size=BATCH, stdevs=spread, abs=False
        )
    return attributed, None


def occlusion(score: Score, network: nn.Module, films: Tensor) -> Attribution:
    """Square patches of an eighth of the longer side turned even grey; the mean drop over the patches of a pixel."""
    side = max(2, max(films.shape[-2:]) // PATCHES)
    window = tuple(min(side, length) for length in films.shape[-2:])
    stride = tuple(max(1, length // 2) for length in window)
    with torch.no_grad():
        attributed = Occlusion(score).attribute(
            films, (1, *window), (1, *stride), baselines=even_grey(films), perturbations_per_eval=BATCH
        )
    return attributed, None


CALLS: dict[str, Callable[[Score, nn.Module, Tensor], Attribution]] = {
    "grad_cam": grad_cam,
    "integrated_gradients": integrated_gradients,
    "smooth_grad": smooth_grad,
    "occlusion": occlusion,
}


def smoothed(attribution: Tensor) -> Tensor:
    """Mean over a square of about 1/64 of the longer side, so that single pixels do not glitter. Same shape."""
    side = max(attribution.shape[-2:]) // 64 // 2 * 2 + 1
    return F.avg_pool2d(attribution, side, 1, side // 2, count_include_pad=False)
