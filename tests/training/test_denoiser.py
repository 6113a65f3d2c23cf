"""The denoiser's recipe at toy size: what it makes small, and that it learns to take an attack out."""

import numpy as np
import torch

from models.networks import ChestNet
from robustness.defences.denoise import Denoiser
from tests.training.test_recipes import pools, toy_plan
from training.denoiser import PIXELS, Denoise
from training.loop import Adversary, train


def test_a_film_that_is_left_alone_costs_nothing():
    torch.manual_seed(0)
    task = Denoise(ChestNet(size=32, width=4, depths=[1, 1]).eval())
    films, labels = task.batch(Denoiser(), pools(), 4, np.random.default_rng(0), torch.Generator().manual_seed(0))
    washer = Denoiser()
    assert task.loss(washer, films, labels, 0).item() < 1e-2
    darker = (films - 0.2).clamp(0, 1)
    assert task.loss(washer, darker, labels, 0).item() > PIXELS * (films - darker).mean().item() / 2


def test_it_learns_to_take_an_attack_out(tmp_path, monkeypatch):
    monkeypatch.setattr(Denoise, "side", lambda task, model: 48)
    torch.manual_seed(0)
    guide = train(ChestNet(size=32, width=4, depths=[1, 1]), pools(), toy_plan(), tmp_path / "guide.pt")
    task = Denoise(guide.requires_grad_(False))
    plan = toy_plan(epochs=6, rate=0.02, weight_decay=0, adversary=Adversary(epsilon=16 / 255, steps=2, ramp_epochs=1))
    denoiser = Denoiser((4, 8))
    films, labels = task.batch(denoiser, pools(), 32, np.random.default_rng(1), torch.Generator().manual_seed(1))
    delta = torch.zeros_like(films, requires_grad=True)
    (gradient,) = torch.autograd.grad(task.harm(denoiser, films + delta, labels), delta)
    attacked = (films + 16 / 255 * gradient.sign()).clamp(0, 1)
    trained = train(denoiser, pools(), plan, tmp_path / "denoiser.pt", task)
    with torch.no_grad():
        left, taken = ((guide(washed) - guide(films)).abs().mean() for washed in (attacked, trained(attacked)))
    assert taken < left
