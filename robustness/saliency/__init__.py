"""Where a model looked: four methods, how far two maps drift apart, and whether a method depends on the model at all.

To add a method: a function in `robustness.saliency.methods`, and a line in `METHODS`. Importing this needs no torch.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A saliency method by name: title for specialists, plain words for a clinician, paper, unit of its raw values."""

    title: str
    plain: str
    source: str
    unit: str


METHODS: dict[str, Method] = {
    "grad_cam": Method(
        "Grad-CAM",
        "Which parts of the film spoke for the disease in the network's last image layer: coarse but steady.",
        "Selvaraju et al., Grad-CAM, ICCV 2017",
        "logit",
    ),
    "integrated_gradients": Method(
        "Integrated Gradients",
        "Fades the film in from even grey and adds up what each pixel contributed; the sum is the whole answer.",
        "Sundararajan, Taly and Yan, Axiomatic attribution for deep networks, ICML 2017",
        "logit per pixel",
    ),
    "smooth_grad": Method(
        "SmoothGrad",
        "To which pixels the answer is most sensitive, averaged over slightly noisy copies of the film.",
        "Smilkov et al., SmoothGrad, arXiv 1706.03825, 2017",
        "logit per unit of display",
    ),
    "occlusion": Method(
        "Occlusion",
        "Covers one patch of the film after another and notes how much the answer changes.",
        "Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014",
        "logit",
    ),
}
