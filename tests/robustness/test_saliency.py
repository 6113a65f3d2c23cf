"""Saliency on models whose attributions are worked out by hand, and what must hold for every method."""

import threading

import numpy as np
import pytest
import torch
from torch import nn

from models.networks import ChestNet
from robustness import METHODS, explain
from robustness.saliency.methods import CALLS, even_grey
from tests.robustness.files import film
from tests.robustness.small_models import Weighted, tiny

WEIGHT = [[1.0, -2.0], [0.0, 3.0]]
FILM = torch.tensor([[[[0.2, 0.4], [0.6, 0.8]]]])  # mean 0.5


def score(network):
    def lead(films):
        logits = network(films)  # once: a hook keeps only the last call
        return logits[:, 1] - logits[:, 0]

    return lead


def test_integrated_gradients_by_hand():
    """A linear score: weight · (pixel − grey), and nothing is missed."""
    network = Weighted(WEIGHT)
    attributed, delta = CALLS["integrated_gradients"](score(network), network, FILM)
    expected = [1.0 * (0.2 - 0.5), -2.0 * (0.4 - 0.5), 0.0, 3.0 * (0.8 - 0.5)]
    assert attributed.flatten().tolist() == pytest.approx(expected, abs=1e-6)
    assert delta == pytest.approx(0, abs=1e-5)
    assert torch.equal(even_grey(FILM), torch.full((1, 1, 2, 2), 0.5))


def test_smooth_grad_by_hand():
    """A linear score has the same gradient everywhere: the weights, sign and all."""
    network = Weighted(WEIGHT)
    attributed, delta = CALLS["smooth_grad"](score(network), network, FILM)
    assert attributed.flatten().tolist() == pytest.approx([1, -2, 0, 3], abs=1e-5)
    assert delta is None


def test_occlusion_by_hand():
    """Patches of half the side: each quarter's drop is its weights times how far they are from grey."""
    weight = np.zeros((4, 4), dtype=np.float32)
    weight[:2, :2] = 1.0
    picture = torch.full((1, 1, 4, 4), 0.4)
    picture[..., :2, :2] = 0.8  # mean 0.5
    network = Weighted(weight.tolist())
    attributed, _ = CALLS["occlusion"](score(network), network, picture)
    assert attributed[0, 0, 0, 0].item() == pytest.approx(4 * (0.8 - 0.5), abs=1e-5)
    assert attributed[0, 0, 3, 3].item() == pytest.approx(0, abs=1e-6)
    assert attributed[0, 0, 1, 1].item() == pytest.approx((4 + 2 + 2 + 1) * 0.3 / 4, abs=1e-5)  # four patches cover it


class TwoChannels(nn.Module):
    """A last layer with channels `(pixel, 2 · pixel)` that the answer weighs by `3` and `−1` on average."""

    def __init__(self) -> None:
        super().__init__()
        self.saliency_layer = nn.Conv2d(1, 2, 1, bias=False)
        self.saliency_layer.weight.data = torch.tensor([1.0, 2.0]).view(2, 1, 1, 1)
        self.requires_grad_(False)

    def forward(self, films):
        mean = self.saliency_layer(films).mean(dim=(2, 3))
        lead = 3 * mean[:, 0] - mean[:, 1]
        return torch.stack([torch.zeros_like(lead), lead], dim=1)


def test_grad_cam_by_hand():
    """Gradient of a mean over 4 pixels: weights 3/4 and −1/4; so 3/4 · x − 1/4 · 2x = x/4, never negative."""
    network = TwoChannels()
    attributed, _ = CALLS["grad_cam"](score(network), network, FILM)
    assert attributed.flatten().tolist() == pytest.approx([0.05, 0.10, 0.15, 0.20], abs=1e-6)


def test_grad_cam_lies_where_the_film_lies_in_the_letterbox():
    """A wide film sits in the middle of a square: a bright spot at its left must come out at its left."""
    network = ChestNet(size=64, width=4, depths=(1, 1)).eval().requires_grad_(False)
    network.blocks = nn.Sequential(nn.Identity())  # what remains is the stem, whose map has the letterbox's geometry
    network.__class__ = type("Stem", (ChestNet,), {"saliency_layer": property(lambda self: self.stem)})
    network.head = nn.Linear(4, 2, bias=False).requires_grad_(False)
    network.head.weight.data = torch.tensor([[0.0] * 4, [1.0] * 4])
    network.stem[0].weight.data = torch.full((4, 1, 7, 7), 1 / 49)
    picture = torch.full((1, 1, 40, 120), 0.3)
    picture[..., 10:30, 10:30] = 1.0
    shown = explain(network, picture, "grad_cam", 1).map
    assert shown.shape == (40, 120)
    assert shown[15:25, 15:25].min() > 0.7
    assert shown[:, 70:].max() < 0.2
    assert shown[20, 20] > shown[1, 20] + 0.2


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return ChestNet(size=64, width=8, depths=(1, 1)).eval().requires_grad_(False)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(48, 40), (30, 90), (7, 5), (1, 1), (700, 650)])
def test_a_map_as_large_as_the_film_in_0_to_1(method, shape, network):
    image = torch.tensor(film(*shape), dtype=torch.float32)[None, None]
    before = image.clone()
    saliency = explain(network, image, method, 1)
    assert saliency.map.shape == shape
    assert saliency.map.dtype == np.float32
    assert saliency.map.min() >= 0
    assert saliency.map.max() <= 1
    assert (saliency.delta is None) == (method != "integrated_gradients")
    assert not image.requires_grad
    assert torch.equal(image, before)


@pytest.mark.parametrize("method", METHODS)
def test_deterministic_and_leaves_the_model_as_it_was(method, network):
    image = torch.tensor(film(64, 48), dtype=torch.float32)[None, None]
    torch.manual_seed(1)
    first = explain(network, image, method, 1)
    torch.manual_seed(2)
    state = torch.random.get_rng_state()
    again = explain(network, image, method, 1)
    assert np.array_equal(first.map, again.map)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not any(module._forward_hooks or module._backward_hooks for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_a_map_that_marks_nothing_hides_no_other(network):
    image = torch.tensor(film(64, 48), dtype=torch.float32)[None, None]
    own = explain(network, image, "integrated_gradients", 1)
    after = explain(network, image, "integrated_gradients", 1, scale=0.0)
    assert after.scale == own.scale > 0
    assert np.array_equal(after.map, own.map)


@pytest.mark.parametrize("method", METHODS)
def test_two_films_on_one_scale(method, network):
    image = torch.tensor(film(64, 48), dtype=torch.float32)[None, None]
    own = max((explain(network, image, method, target) for target in (0, 1)), key=lambda saliency: saliency.scale)
    wide = explain(network, image, method, own.target, scale=own.scale * 4)
    assert own.scale > 0
    assert wide.scale == own.scale * 4
    assert np.allclose(np.minimum(wide.map * 4, 1), own.map, atol=1e-5)


def test_what_is_for_one_class_is_against_the_other(network):
    image = torch.tensor(film(64, 48), dtype=torch.float32)[None, None]
    maps = [explain(network, image, "integrated_gradients", target).map for target in (0, 1)]
    assert np.allclose(*maps, atol=1e-4)


def test_threads_do_not_disturb_each_other(network):
    images = [torch.tensor(film(64, 48, seed), dtype=torch.float32)[None, None] for seed in range(4)]
    alone = [explain(network, image, "grad_cam", 1).map for image in images]
    together: dict[int, np.ndarray] = {}

    def work(number: int) -> None:
        for _ in range(5):
            together[number] = explain(network, images[number], "grad_cam", 1).map

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(alone[number], together[number]) for number in range(4))


class Broken(nn.Module):
    def forward(self, films):
        return torch.full((len(films), 2), float("nan")) * films.mean()


@pytest.mark.parametrize(
    ("model", "image", "method", "target", "words"),
    [
        (tiny(), FILM, "magic", 1, "expected a method out of grad_cam, integrated_gradients"),
        (tiny(), FILM[0], "grad_cam", 1, r"shape \[1, 1, H, W\]"),
        (tiny(), FILM, "grad_cam", 2, r"expected target in 0 … 1, got 2"),
        (Broken(), FILM, "occlusion", 1, "the model gives no answer"),
    ],
)
def test_requests_that_make_no_sense(model, image, method, target, words):
    with pytest.raises(ValueError, match=words):
        explain(model, image, method, target)
