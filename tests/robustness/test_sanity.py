"""Which saliency methods depend on what a model learned (Adebayo et al. 2018), on a model trained here in seconds."""

import pytest
import torch
import torch.nn.functional as F

from robustness import METHODS, explain, randomisation_check
from tests.robustness.small_models import TinyNet

SIDE = 32


def spotted(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Noisy films, half of them with a bright round spot at a random place: films, labels, places `[n, 2]`."""
    generator = torch.Generator().manual_seed(seed)
    films = 0.4 + 0.08 * torch.randn(n, 1, SIDE, SIDE, generator=generator)
    labels = torch.arange(n) % 2
    places = torch.randint(7, SIDE - 7, (n, 2), generator=generator)
    rows = torch.arange(SIDE)
    distance = (rows[:, None] - places[:, 0, None, None]) ** 2 + (rows[None] - places[:, 1, None, None]) ** 2
    films += 0.4 * labels[:, None, None, None] * torch.exp(-distance / 12)[:, None]
    return films.clamp(0, 1), labels, places


@pytest.fixture(scope="module")
def trained():
    model = TinyNet(seed=3)
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for step in range(150):
        films, labels, _ = spotted(64, seed=step)
        optimiser.zero_grad()
        F.cross_entropy(model(films), labels).backward()
        optimiser.step()
    films, labels, _ = spotted(200, seed=10_000)
    assert (model(films).argmax(1) == labels).float().mean() > 0.95
    return model.eval().requires_grad_(False)


def inside_over_average(model, method: str) -> list[float]:
    """Mean saliency on the spot over mean saliency of the film, for four films with a spot."""
    films, _, places = spotted(8, seed=99)
    ratios = []
    for number in (1, 3, 5, 7):
        shown = explain(model, films[number : number + 1], method, 1).map
        row, column = places[number].tolist()
        ratios.append(float(shown[row - 5 : row + 6, column - 5 : column + 6].mean() / shown.mean()))
    return ratios


@pytest.mark.parametrize("method", [method for method in METHODS if method != "smooth_grad"])
def test_evidence_lies_where_the_spot_is(method, trained):
    assert min(inside_over_average(trained, method)) > 1.3


def test_sensitivity_does_not(trained):
    """SmoothGrad shows where the answer would still change: least of all on a spot that has convinced the model."""
    assert max(inside_over_average(trained, "smooth_grad")) < 1


@pytest.mark.parametrize("method", METHODS)
def test_maps_fall_apart_with_the_weights(method, trained):
    """All four pass: once nothing that was learned is left, the order of importance is mostly gone."""
    films, _, _ = spotted(4, seed=7)
    remaining = []
    for number in (1, 3):
        check = randomisation_check(trained, films[number : number + 1], method, 1, seed=number)
        assert check.layers == ("head", "conv2", "conv1")
        assert len(check.similarity) == 3
        assert check.remaining == check.similarity[-1]
        remaining.append(abs(check.remaining))
    assert sum(remaining) / 2 < 0.7
    again = randomisation_check(trained, films[1:2], method, 1, seed=1)
    assert abs(again.remaining) == remaining[0]


def test_the_model_is_not_changed_and_wrong_options_are_named(trained):
    before = {name: value.clone() for name, value in trained.state_dict().items()}
    check = randomisation_check(trained, spotted(2, seed=1)[0][1:2], "occlusion", 1, seed=0, every=2)
    assert check.layers == ("conv2", "conv1")
    assert all(torch.equal(value, before[name]) for name, value in trained.state_dict().items())
    with pytest.raises(ValueError, match="expected every >= 1"):
        randomisation_check(trained, spotted(2, seed=1)[0][1:2], "occlusion", 1, seed=0, every=0)
