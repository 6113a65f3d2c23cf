"""Networks take a film as it is, and every attack can differentiate through the preparation."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from models.networks import LEAST_CONTRAST, ChestNet, Resize


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (64, 64), (160, 160), (513, 400), (1200, 900)])
def test_any_size_becomes_a_normalised_square_with_the_films_proportions(shape):
    images = torch.rand(2, 1, *shape)
    out = Resize(96)(images)
    assert out.shape == (2, 1, 96, 96)
    h, w = (max(1, round(side * 96 / max(shape))) for side in shape)
    border = torch.ones(96, 96, dtype=torch.bool)
    top, left = (96 - h) // 2, (96 - w) // 2
    border[top : top + h, left : left + w] = False
    assert (out[:, 0, border] == 0).all()
    if min(h, w) > 8:
        content = out[:, 0, ~border]
        assert torch.allclose(content.mean(1), torch.zeros(2), atol=1e-4)


def test_tone_does_not_matter_but_faint_noise_is_not_blown_up():
    film = torch.rand(1, 1, 64, 64)
    assert torch.allclose(Resize(64)(film), Resize(64)(0.5 * film + 0.2), atol=1e-5)
    faint = 0.5 + 0.01 * (film - 0.5)
    assert Resize(64)(faint).abs().max() <= 0.01 / LEAST_CONTRAST


def test_a_change_of_epsilon_stays_epsilon_after_shrinking():
    torch.manual_seed(0)
    film = torch.rand(1, 1, 512, 384)
    resize = torch.nn.functional.interpolate
    small = [
        resize(x, (128, 96), mode="bilinear", antialias=True) for x in (film, film + 0.01 * torch.sign(film - 0.5))
    ]
    assert (small[1] - small[0]).abs().max() <= 0.01 + 1e-6


def test_the_gradient_reaches_every_pixel_and_is_right():
    torch.manual_seed(0)
    model = ChestNet(size=32, width=4).double().eval()
    film = torch.rand(1, 1, 40, 48, dtype=torch.float64, requires_grad=True)
    margin = lambda x: model(x)[0, 1] - model(x)[0, 0]  # noqa: E731
    (gradient,) = torch.autograd.grad(margin(film), film)
    assert (gradient != 0).double().mean() > 0.99
    direction = torch.randn_like(film)
    step = 1e-6
    measured = (margin(film + step * direction) - margin(film - step * direction)) / (2 * step)
    assert torch.allclose(measured, (gradient * direction).sum(), rtol=1e-4)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_an_empty_film_gives_finite_logits_and_gradients(level):
    model = ChestNet(size=32, width=4).eval()
    film = torch.full((1, 1, 50, 50), level, requires_grad=True)
    logits = model(film)
    logits.sum().backward()
    assert torch.isfinite(logits).all()
    assert torch.isfinite(film.grad).all()


@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 32, 32)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected images of shape \[N, 1, H, W\]"):
        ChestNet(size=32, width=4)(torch.rand(shape))


def test_a_batch_is_read_as_its_films_are_read_alone():
    model = ChestNet(size=64, width=4).eval()
    films = torch.rand(3, 1, 100, 80)
    assert torch.allclose(model(films), torch.cat([model(film[None]) for film in films]), atol=1e-5)


def test_no_tensor_is_left_on_the_cpu_when_the_model_runs_on_a_gpu():
    with FakeTensorMode():
        with torch.device("cuda"):
            model = ChestNet(size=64, width=4).eval()
        assert model(torch.rand(2, 1, 90, 70, device="cuda")).device.type == "cuda"


def test_each_relu_is_used_once():
    model, calls = ChestNet(size=32, width=4).eval(), {}
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.ReLU):
            assert not module.inplace
            module.register_forward_hook(lambda *_, name=name: calls.update({name: calls.get(name, 0) + 1}))
    model(torch.rand(1, 1, 32, 32))
    assert set(calls.values()) == {1}
