"""Does a map depend on what the model learned? (Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018)"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from robustness.saliency.drift import drift
from robustness.saliency.explain import explain


@dataclass(frozen=True)
class Randomisation:
    """Cascading randomisation from the last layer down.

    Args:
        layers: names of the layers, in the order in which they lost their weights.
        similarity: Spearman correlation of the map with the trained model's, after each.
    """

    layers: tuple[str, ...]
    similarity: tuple[float, ...]

    @property
    def remaining(self) -> float:
        """Similarity once nothing that was learned is left. A method that depends on the model comes close to 0."""
        return self.similarity[-1]


def randomisation_check(
    model: nn.Module, image: Tensor, method: str, target: int, *, seed: int, every: int = 1
) -> Randomisation:
    """Replace the weights of one layer after the other, from the last, and compare the maps (section 3.1).

    `every`: compare after each so many layers, and after the last. `image` `[1, 1, H, W]`; the model is not changed.

    Raises:
        ValueError: `every` below 1, and as `explain`.
    """
    if every < 1:
        raise ValueError(f"expected every >= 1, got {every}")
    trained = explain(model, image, method, target).map
    network = copy.deepcopy(model)
    layers = [(name, layer) for name, layer in network.named_modules() if hasattr(layer, "reset_parameters")][::-1]
    names, similarity = [], []
    with torch.random.fork_rng(devices=[image.device] if image.is_cuda else []):
        torch.manual_seed(seed)
        for number, (name, layer) in enumerate(layers, 1):
            layer.reset_parameters()
            if number % every == 0 or number == len(layers):
                names.append(name)
                similarity.append(drift(trained, explain(network, image, method, target).map).spearman)
    return Randomisation(tuple(names), tuple(similarity))
