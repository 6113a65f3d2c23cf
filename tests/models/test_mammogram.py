"""The mammogram network finds the breast by itself, and attacks can differentiate through what it does with it."""

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from models.networks import MammogramNet
from models.networks.breast import Breast, Frame, outline

SIZE = (96, 64)


def breast(height=300, width=240, *, left=True, seed=0, level=0.6):
    """Half an ellipse of lumpy tissue against the left or the right edge, on black."""
    generator = torch.Generator().manual_seed(seed)
    rows, columns = torch.meshgrid(torch.arange(height) / height, torch.arange(width) / width, indexing="ij")
    inside = ((rows - 0.5) / 0.4) ** 2 + (columns / 0.6) ** 2 < 1
    lumps = torch.nn.functional.interpolate(
        torch.rand(1, 1, 20, 16, generator=generator), (height, width), mode="bicubic", align_corners=False
    )
    film = torch.where(inside, level * (0.5 + 0.5 * lumps), torch.zeros(())).clamp(0, 1)
    return film if left else film.flip(-1)


def small(**options):
    torch.manual_seed(0)
    return MammogramNet(size=SIZE, width=4, depths=(1, 1, 1, 1), **options).eval()


def test_the_breast_fills_the_raster_with_the_chest_wall_on_the_left():
    prepared, inside = Breast(SIZE)(breast())
    assert prepared.shape == inside.shape == (1, 1, *SIZE)
    box = inside[0, 0] > 0.5
    assert box.any(1).float().mean() > 0.9  # it is taller than wide, so its height fills the raster
    assert box[:, 1].sum() > 2 * box[:, 50].sum()
    height, width = box.any(1).sum(), box.any(0).sum()
    assert height / width == pytest.approx((0.8 * 300) / (0.6 * 240), rel=0.06)  # proportions kept


def test_both_sides_look_alike():
    prepare = Breast(SIZE)
    assert torch.allclose(prepare(breast())[0], prepare(breast(left=False))[0], atol=1e-4)


def test_labels_strips_padding_and_a_dark_grey_background_do_not_matter():
    prepare, film = Breast(SIZE), breast()
    plain = prepare(film)[0]
    marked = film.clone()
    marked[..., 10:40, 190:230] = 1.0  # a film label
    marked[..., :, 236:] = 1.0  # a white strip
    assert (prepare(marked)[0] - plain).abs().mean() < 0.01
    padded = torch.nn.functional.pad(film, (0, 80, 60, 30))
    assert (prepare(padded)[0] - plain).abs().mean() < 0.03
    fogged = torch.maximum(film, torch.full_like(film, 0.04))
    assert (prepare(fogged)[0] - plain).abs().mean() < 0.02


def test_brightness_and_contrast_do_not_matter_but_faint_noise_is_not_blown_up():
    prepare, film = Breast(SIZE), breast()
    inside = film > 0
    other = torch.where(inside, 0.7 * film + 0.2, film)
    assert (prepare(other)[0] - prepare(film)[0]).abs().mean() < 0.02
    flat = torch.where(inside, 0.5 + 0.01 * (film - 0.5), film)
    prepared, _ = prepare(flat)
    assert prepared[0, 0, 20:70, 2:20].std() < 0.02 / 0.1


def test_percentiles_of_the_breast_become_zero_and_one():
    prepared, inside = Breast((192, 128))(breast(600, 480))
    values = prepared[inside > 0.99].numpy()
    assert np.quantile(values, 0.03) == pytest.approx(0, abs=0.05)
    assert np.quantile(values, 0.99) == pytest.approx(1, abs=0.05)


def test_a_change_of_epsilon_stays_epsilon_on_the_raster():
    film = breast()
    frame, _ = Breast(SIZE).find(film)
    pushed = film + 0.01 * torch.sign(torch.rand(film.shape, generator=torch.Generator().manual_seed(1)) - 0.5)
    assert (frame.sample(pushed, SIZE) - frame.sample(film, SIZE)).abs().max() <= 0.01 + 1e-6


def test_a_raster_and_back_is_where_it_was():
    film = breast(left=False)
    frame, _ = Breast(SIZE).find(film)
    lesion = torch.zeros_like(film)
    lesion[..., 140:170, 150:180] = 1
    back = frame.place(frame.sample(lesion, SIZE), film.shape[-2:])
    weight = back[0, 0] / back.sum()
    assert (weight.sum(1) * (torch.arange(300) + 0.5)).sum() == pytest.approx(155, abs=1)
    assert (weight.sum(0) * (torch.arange(240) + 0.5)).sum() == pytest.approx(165, abs=1)


def test_a_frame_reads_single_pixels_where_it_says():
    film = torch.arange(12.0).view(1, 1, 3, 4)
    same = Frame(*(torch.tensor([value]) for value in (0.0, 1.0, 0.0, 1.0)))
    mirrored = Frame(*(torch.tensor([value]) for value in (0.0, 1.0, 4.0, -1.0)))
    assert torch.equal(same.sample(film, (3, 4)), film)
    assert torch.equal(mirrored.sample(film, (3, 4)), film.flip(-1))
    assert (same.sample(film, (5, 6))[..., 3:, :] == 0).all()  # beyond the film


def test_the_largest_piece_is_the_breast():
    film = torch.zeros(1, 1, 80, 60)
    film[..., 10:70, :30] = 0.4
    film[..., 5:15, 45:58] = 1.0
    found = outline(film)[0, 0]
    assert found[12:68, 1:29].all()
    assert not found[:, 35:].any()


@pytest.mark.parametrize("shape", [(1, 1), (40, 30), (300, 240), (1500, 1200), (240, 300)])
def test_any_size_is_read(shape):
    film = torch.rand(2, 1, *shape)
    assert torch.isfinite(small()(film)).all()


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_an_empty_film_gives_finite_logits_and_gradients(level):
    film = torch.full((1, 1, 50, 50), level, requires_grad=True)
    logits = small()(film)
    logits[0, 1].backward()
    assert torch.isfinite(logits).all()
    assert torch.isfinite(film.grad).all()


@pytest.mark.parametrize("shape", [(300, 240), (500, 400)])
def test_the_gradient_reaches_the_whole_breast_and_is_right(shape):
    model = small().double()
    film = breast(*shape).double().requires_grad_(True)
    margin = lambda x: model(x)[0, 1] - model(x)[0, 0]  # noqa: E731
    (gradient,) = torch.autograd.grad(margin(film), film)
    inside = film.detach() > 0
    assert (gradient[inside] != 0).double().mean() > 0.9
    direction = torch.randn(film.shape, generator=torch.Generator().manual_seed(2), dtype=film.dtype) * inside
    step = 1e-7
    measured = (margin(film + step * direction) - margin(film - step * direction)) / (2 * step)
    assert torch.allclose(measured, (gradient * direction).sum(), rtol=1e-3)


def test_a_batch_is_read_as_its_films_are_read_alone():
    films = torch.cat([breast(seed=1), breast(seed=2, left=False), breast(seed=3, level=0.3)])
    model = small()
    assert torch.allclose(model(films), torch.cat([model(film[None]) for film in films]), atol=1e-5)


def test_the_summit_of_the_heat_map_decides():
    model = small()
    low, high = torch.full((1, 2, 6, 4), -4.0), torch.full((1, 2, 6, 4), -4.0)
    high[0, 1, 2, 2] = 4.0
    assert torch.allclose(model.judge(low), torch.full((1, 2), -5.0), atol=1e-5)  # sharpness 3, scale 1, bias −1
    any_lesion, suspicious = model.judge(high)[0].tolist()
    assert any_lesion == pytest.approx(-5, abs=1e-5)
    assert suspicious == pytest.approx(4 - 1 - (np.log(24) - np.log1p(23 * np.exp(-24))) / 3, abs=1e-4)


def test_a_map_on_the_raster_lies_on_the_breast_of_the_film():
    model, film = small(), breast(left=False)
    placed = model.to_film(torch.ones(1, 1, 6, 4), film)[0, 0]
    assert placed.shape == film.shape[-2:]
    inside = film[0, 0] > 0
    assert placed[inside].mean() > 0.97
    assert (placed[:, :60] == 0).all()  # off the frame


@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 32, 32)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected images of shape \[N, 1, H, W\]"):
        small()(torch.rand(shape))


def test_no_tensor_is_left_on_the_cpu_when_the_model_runs_on_a_gpu():
    with FakeTensorMode():
        with torch.device("cuda"):
            model = MammogramNet(size=SIZE, width=4, depths=(1, 1, 1, 1)).eval()
        assert model(torch.rand(2, 1, 90, 70, device="cuda")).device.type == "cuda"


def test_each_relu_is_used_once():
    model, calls = small(), {}
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.ReLU):
            assert not module.inplace
            module.register_forward_hook(lambda *_, name=name: calls.update({name: calls.get(name, 0) + 1}))
    model(breast())
    assert set(calls.values()) == {1}
