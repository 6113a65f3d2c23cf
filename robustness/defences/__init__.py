"""Defences that wrap a model and are one. To add one: a file here with a function `wrap`, and a line in `DEFENCES`.

A wrapped model takes films and gives logits as any other, so every attack can be pointed at it: that is the attacker
who knows the defence. One who doesn't attacks the bare model, and the wrapped one then reads the film. A step of a
defence that has no gradient passes it on as it is (BPDA; Athalye, Carlini and Wagner, ICML 2018): no shield by that.
Importing the registry needs no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn


COPIES, ALPHA = 1000, 0.001
"""Of a certificate: how many noisy copies vote on it, and the probability that it is wrong."""
FALSE_ALARMS = 0.05  # the share of ordinary validation films that a detector may refer


@dataclass(frozen=True)
class Defence:
    """A defence by name. Call it on a model to get the defended model.

    Args:
        name: its own, unique.
        room: the file under `robustness/defences/` that holds it.
        title: its name among specialists.
        plain: what it does, for a clinician.
        fails: when it fails.
        source: the paper.
        options: of the file's `wrap`.
    """

    name: str
    room: str
    title: str
    plain: str
    fails: str
    source: str
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, model: nn.Module) -> nn.Module:
        """The defended model: in eval mode, frozen, its `.card` the model's with another id and title."""
        return import_module(f"{__name__}.{self.room}").wrap(model, self, **dict(self.options))


def _purifier(name: str, title: str, plain: str, fails: str, source: str, **options: Any) -> Defence:
    return Defence(name, "purify", title, plain, fails, source, (("way", name), *options.items()))


DEFENCES: dict[str, Defence] = {
    defence.name: defence
    for defence in (
        _purifier(
            "jpeg",
            "JPEG compression",
            "Saves the film with loss before reading it, which washes out faint patterns.",
            "An attacker who knows it draws on the coarser patterns that compression keeps.",
            "Dziugaite, Ghahramani and Roy, A study of the effect of JPG compression on adversarial images, 2016",
            quality=50,
        ),
        _purifier(
            "median",
            "Median filter",
            "Replaces each pixel by the middle one of its neighbours.",
            "A change wider than a pixel or two passes it, and fine lines of the lung may not.",
            "Xu, Evans and Qi, Feature squeezing, NDSS 2018",
            side=3,
        ),
        _purifier(
            "bit_depth",
            "Bit-depth reduction",
            "Keeps only a few grey levels, so that small changes round away.",
            "Where a pixel lies near the border of two levels, a small change is enlarged instead.",
            "Xu, Evans and Qi, Feature squeezing, NDSS 2018",
            bits=4,
        ),
        _purifier(
            "total_variation",
            "Total variation denoising",
            "Looks for the smoothest film close to this one.",
            "It smooths fine lines of the lung away, too, and a broad, soft change survives it.",
            "Guo et al., Countering adversarial images using input transformations, ICLR 2018",
            weight=0.03,
        ),
        Defence(
            "denoiser",
            "denoise",
            "Learned denoiser",
            "Has a small network, trained on attacked films, take the attack out before the film is read.",
            "It learned to undo the attacks that it saw. An attacker who knows it aims through it.",
            "Liao et al., Defense against adversarial attacks using high-level representation guided denoiser, CVPR "
            "2018; broken by Athalye and Carlini, 2018",
        ),
        Defence(
            "ensemble",
            "ensemble",
            "Ensemble with the twin",
            "Lets two differently trained models read the film and takes the mean of what they say.",
            "An attack on both at once misleads the mean; it is about as strong as its stronger member, at best.",
            "Strauss et al., Ensemble methods as a defense to adversarial perturbations, 2017; He et al., WOOT 2017",
        ),
        Defence(
            "smoothing",
            "smoothing",
            "Randomised smoothing",
            "Reads several noisy copies of the film and takes the mean of what they say.",
            "It certifies only small changes, and a model that was not trained with noise reads noisy films worse.",
            "Cohen, Rosenfeld and Kolter, Certified adversarial robustness via randomized smoothing, ICML 2019",
            (("sigma", 0.02), ("copies", 8)),
        ),
        Defence(
            "squeezing",
            "refer",
            "Feature squeezing detector",
            "Reads the film as it is and washed in three ways; where the answers drift apart, a radiologist must look.",
            "An attacker who knows it makes a change that moves all answers alike.",
            "Xu, Evans and Qi, Feature squeezing, NDSS 2018; broken by He et al., WOOT 2017",
            (("detector", "squeezing"),),
        ),
        Defence(
            "features",
            "refer",
            "Feature distance detector",
            "Compares what the model's last layer sees with ordinary films; where it is far off, a radiologist must "
            "look.",
            "An attacker who knows it stays close to ordinary films in that layer, too.",
            "Lee et al., A simple unified framework for detecting adversarial attacks, NeurIPS 2018",
            (("detector", "features"),),
        ),
        Defence(
            "unsure",
            "refer",
            "Answers only when sure",
            "Refers the films on which the model is least sure of its answer.",
            "An attacker pushes the answer on until the model is sure of it; even one who does not know the rule.",
            "Hendrycks and Gimpel, A baseline for detecting misclassified and out-of-distribution examples, ICLR 2017",
            (("detector", "unsure"),),
        ),
    )
}
