"""A network with smooth corners, so that its gradient has a gradient."""

from __future__ import annotations

from torch import nn

from robustness.saliency.explain import private_copy

SHARPNESS = 30.0
"""β of the softplus. Sharper comes closer to the model, softer shows the attack further ahead."""


def softened(model: nn.Module, sharpness: float = SHARPNESS) -> nn.Module:
    """A copy that shares the model's weights, with every ReLU replaced by softplus(β x) / β.

    A network of ReLUs is made of flat pieces: on each the gradient is constant, so a map made of gradients does not
    move however the film changes (Dombrowski et al. 2019, section 2.1). Only attacks look at this copy; what they reach
    is judged on the model itself.
    """
    network = private_copy(model)
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.ReLU):
                setattr(module, name, nn.Softplus(beta=sharpness))
    return network
