"""Nothing is left on the CPU when a model sits on an accelerator: on the devices there are, and on a fake one."""

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from robustness import REGISTRY, Lattice, ThreatModel, explain, smallest_epsilon
from robustness.budget import Budget
from robustness.losses import margin
from robustness.norms import NORMS
from tests.robustness.files import film
from tests.robustness.small_models import needs, tiny

AVAILABLE = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
THERE = [name for name, there in AVAILABLE.items() if there]
LATTICE = Lattice(np.arange(4096) / 4095)


@pytest.mark.parametrize("device", ["cpu", *THERE])
@pytest.mark.parametrize("name", REGISTRY)
def test_results_lie_on_the_device_of_the_model(name, device):
    model = tiny().to(device)
    images = LATTICE.to(torch.zeros(1, device=device)).nearest(
        torch.tensor(film(32, 28), dtype=torch.float32, device=device)[None, None]
    )
    labels = model(images).argmax(1)
    threat = ThreatModel(REGISTRY[name].norms[0], lattice=LATTICE, region=np.ones((32, 28), dtype=bool))
    result = REGISTRY[name](model, images, labels, threat, seed=0, **needs(name))
    tensors = (result.images, result.logits, result.flipped, result.steps, result.largest_change, result.size)
    assert {tensor.device.type for tensor in tensors} == {device}
    (smallest,) = smallest_epsilon(model, images, labels, threat, seed=0, ceiling=2 / 255)
    assert smallest.image.device.type == device
    assert explain(model, images, "grad_cam", 1).map.shape == (32, 28)


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("lattice", [None, LATTICE])
def test_budget_and_losses_keep_to_an_accelerator_that_is_not_there(norm, lattice):
    """FakeTensorMode runs without the device and raises for any tensor left on the CPU; it knows no truth values."""
    with FakeTensorMode(allow_non_fake_inputs=True):
        images = torch.rand(2, 1, 16, 16, device="cuda")
        moved = lattice.to(images) if lattice is not None else None
        budget = Budget(
            NORMS[norm],
            images,
            torch.full((2,), 0.01, device="cuda"),
            images - 0.01,
            images + 0.01,
            torch.ones(16, 16, dtype=torch.bool, device="cuda"),
            256,
            moved,
        )
        drawn = budget.norm.noise(images, torch.Generator().manual_seed(0))
        stepped = budget.project(budget.direction(drawn) * 0.01 + images)
        stored = stepped if moved is None else budget.settle(moved.nearest(stepped))
        assert stored.device.type == "cuda"
        assert budget.size(stored).device.type == "cuda"
        logits, labels = torch.rand(2, 2, device="cuda"), torch.zeros(2, dtype=torch.int64, device="cuda")
        assert margin(logits, labels, None).device.type == margin(logits, labels, 1).device.type == "cuda"
