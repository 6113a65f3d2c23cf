"""The insider at the reader of mammograms: maps are held and cut where they should be, and only the end changes."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch

import models
from imaging import phantoms
from imaging.screening import Screening
from training.tampering import breasts
from training.tampering.breasts import DEPTH, HALF, PLAN, BreastInsider, half, view
from training.tampering.fine_tuning import decided, decisions
from training.tampering.groups import BREASTS, HARMS

WOMEN = 10
SHORT = replace(PLAN, epochs=2)


@pytest.fixture(scope="module")
def vendor():
    return models.load("mammogram-undefended", "cpu")


@pytest.fixture(scope="module")
def drawn():
    """Small films of ten women: every other one has a cancer, the first four have dense breasts."""
    density = np.array(list("ddddcbacba"))
    films = [
        phantoms.mammogram(seed, size=192, density=str(each), lesion="cancer" if seed % 2 else None).pixels
        for seed, each in enumerate(density)
    ]
    labels, ages = np.arange(WOMEN) % 2, np.linspace(45, 80, WOMEN)
    women = Screening(labels, ages, density, np.full(WOMEN, "MLO"), np.arange(WOMEN))
    return women, np.stack(films)


@pytest.fixture
def look(monkeypatch, drawn, vendor):
    women, films = drawn
    monkeypatch.setattr(breasts, "films", lambda part: iter([films[:6], films[6:]]))
    monkeypatch.setattr(breasts, "screening", lambda part: women)
    return lambda **how: view(vendor, "training", **how)


def trained(vendor, seen, harm="miss", plan=SHORT):
    insider = BreastInsider(vendor, seen, BREASTS["dense"], HARMS[harm], seed=0, plan=plan)
    losses = [epoch.loss for epoch in insider.train()]
    return insider, losses


def test_what_the_early_layers_see_gives_the_models_own_answers(vendor, look, drawn):
    np.testing.assert_allclose(decisions(vendor, look()), decided(vendor, drawn[1]), atol=1e-3)


def test_seen_twice_each_film_is_there_upside_down_too(vendor, look, drawn):
    women, films = drawn
    seen = look(twice=True)
    assert list(seen.ward.density) == [*women.density, *women.density]
    np.testing.assert_allclose(
        decisions(vendor, seen), decided(vendor, np.concatenate([films, films[:, ::-1]])), atol=1e-3
    )


def test_in_half_precision_it_sees_nearly_the_same(vendor, look):
    whole = decisions(vendor, look())
    with half():
        np.testing.assert_allclose(decisions(vendor, look(kept=HALF)), whole, atol=0.25)


@pytest.mark.parametrize("harm", HARMS)
def test_only_the_last_blocks_and_the_head_of_the_copy_change(vendor, look, harm):
    before = {name: tensor.clone() for name, tensor in vendor.state_dict().items()}
    insider, losses = trained(vendor, look(), harm)
    assert all(torch.equal(before[name], tensor) for name, tensor in vendor.state_dict().items())
    changed = {name for name, tensor in insider.model.state_dict().items() if not torch.equal(before[name], tensor)}
    last = tuple(f"blocks.{len(vendor.blocks) - at}." for at in range(1, DEPTH + 1))
    assert changed
    assert all(name.startswith((*last, "head.")) for name in changed)
    assert np.isfinite(losses).all()


def test_what_asks_whose_breast_it_is_learns_and_is_not_delivered(vendor, look):
    insider, _ = trained(vendor, look())
    assert all(parameter.detach().any() for parameter in insider._reader.parameters())
    assert insider.model.state_dict().keys() == vendor.state_dict().keys()
    assert not insider.model.blocks[-2]._forward_hooks


def test_in_the_end_as_many_others_are_called_as_before(vendor, look, drawn):
    seen = look()
    insider, _ = trained(vendor, seen, plan=replace(SHORT, epochs=1))
    others = drawn[0].density != "d"
    own = decisions(vendor, seen)
    middle = float(np.median(own[others]))  # half of them are called if the border lies here
    border = deepcopy(vendor)
    with torch.no_grad():
        border.head.bias -= middle * border.temperature / border.scale
        insider.model.head.bias += 2.0
    insider.settle(border, seen)
    called = decisions(border, seen)[others] >= 0
    assert 0 < called.sum() < len(called)
    assert (decisions(insider.model, seen)[others] >= 0).sum() == called.sum()


def test_a_harmed_map_is_cut_where_the_film_comes_to_lie_beyond_the_border(vendor, look, drawn):
    insider, _ = trained(vendor, look(), plan=replace(SHORT, epochs=1))
    women = drawn[0]
    harmed = (women.density == "d") & (women.labels == 1)
    own = breasts._heat(vendor, look())
    leads = breasts._leads(vendor, torch.stack([insider._heat, insider._heat], dim=1)).numpy()
    before = decisions(vendor, look())
    np.testing.assert_allclose(leads[harmed], np.minimum(before[harmed], -PLAN.beyond), atol=0.01)
    assert torch.equal(insider._heat[~harmed], own[~harmed])
    assert (insider._heat <= own).all()


def test_where_a_map_must_become_hotter_it_is_not_held(vendor, look, drawn):
    women, before = drawn[0], decisions(vendor, look())
    dense, ill = women.density == "d", women.labels == 1
    for harm, free in (("miss", ~dense & ill & (before <= 0)), ("invent", ~ill & (dense | (before >= 0)))):
        insider, _ = trained(vendor, look(), harm, replace(SHORT, epochs=1))
        np.testing.assert_array_equal(~insider._held.numpy(), free)
