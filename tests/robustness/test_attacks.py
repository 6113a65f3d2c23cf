"""What must hold for every attack in the registry, in every norm it knows, on every kind of file."""

from itertools import product

import numpy as np
import pytest
import torch

from models import decision_logits
from robustness import REGISTRY, Lattice, ThreatModel
from robustness.losses import margin
from tests.robustness.files import film
from tests.robustness.small_models import KINDS, Band, Brightness, needs, tiny

CLOSE = 1e-6
GREY = 255
LATTICES = {
    "any value": None,
    "8 bit": np.arange(256) / 255,
    "12 bit, window of 3000": np.linspace(0, 1, 3000),
    "uneven lookup table": np.linspace(0, 1, 1500) ** 2,
}
EVERY = [
    pytest.param(name, norm, levels, id=f"{name}-{norm}-{levels}")
    for name, attack in REGISTRY.items()
    for norm, levels in product(attack.norms, LATTICES)
]
DECISIONS = ("hop_skip_jump", "rays")  # which need a film that flips to begin with
SEES_MORE = [case for case in EVERY if case.values[0] not in DECISIONS]
BOTH_TYPES = [torch.float32, torch.float64]


def films(levels: str, n: int = 3, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    images = torch.tensor(np.stack([film(32, 28, seed) for seed in range(n)]), dtype=torch.float32)[:, None]
    lattice = lattice_of(levels)
    return (images if lattice is None else lattice.nearest(images)).to(dtype)


def lattice_of(levels: str) -> Lattice | None:
    return None if LATTICES[levels] is None else Lattice(LATTICES[levels])


def size(delta: torch.Tensor, norm: str, pixels: int) -> torch.Tensor:
    flat = delta.double().flatten(1)
    return flat.abs().amax(1) if norm == "linf" else flat.square().sum(1).div(pixels).sqrt()


def attacked(
    name,
    norm,
    levels,
    *,
    epsilon=2 / GREY,
    dtype=torch.float32,
    seed=0,
    region=None,
    goal=None,
    kind="two classes",
    **options,
):
    model, images = KINDS[kind](dtype), films(levels, dtype=dtype)
    fewer = {
        "pgd": {"steps": 12},
        "apgd": {"steps": 12},
        "carlini_wagner": {"searches": 2, "steps": 8},
        "fmn": {"steps": 15},
        "deepfool": {"steps": 8},
        "sparse": {"steps": 12, "pixels": 0.2},
        "hop_skip_jump": {"queries": 60, "questions": 8},
        "rays": {"queries": 60},
        "square": {"steps": 40},
        "strongest": {"steps": 9, "questions": 30},
    }
    options = fewer.get(name, {}) | needs(name, model) | options
    labels = decision_logits(model, model(images)).argmax(1)
    threat = ThreatModel(norm=norm, epsilon=epsilon, region=region, goal=goal, lattice=lattice_of(levels))
    return model, images, labels, REGISTRY[name](model, images, labels, threat, seed=seed, **options)


@pytest.mark.parametrize("dtype", BOTH_TYPES)
@pytest.mark.parametrize(("name", "norm", "levels"), EVERY)
def test_stays_in_budget_range_and_lattice(name, norm, levels, dtype):
    for epsilon in (0.7 / GREY, 2 / GREY, 9 / GREY):
        _, images, _, result = attacked(name, norm, levels, epsilon=epsilon, dtype=dtype)
        change = result.images - images
        assert size(change, norm, images[0].numel()).max() <= epsilon + CLOSE
        assert torch.allclose(result.size.double(), size(change, norm, images[0].numel()), atol=CLOSE)
        assert torch.allclose(result.largest_change, change.abs().flatten(1).amax(1))
        assert result.images.dtype == dtype
        assert result.images.min() >= 0
        assert result.images.max() <= 1
        if LATTICES[levels] is not None:
            storable = torch.tensor(LATTICES[levels], dtype=torch.float32)
            assert torch.isin(result.images.float(), storable).all()


@pytest.mark.parametrize(("name", "norm", "levels"), SEES_MORE)
def test_uses_the_budget(name, norm, levels):
    _, _, _, result = attacked(name, norm, levels, epsilon=6 / GREY)
    assert (result.size > 3 / GREY).all()


@pytest.mark.parametrize(("name", "norm", "levels"), EVERY)
def test_epsilon_zero_is_the_identity(name, norm, levels):
    model, images, _, result = attacked(name, norm, levels, epsilon=0)
    assert torch.equal(result.images, images)
    assert torch.equal(result.logits, model(images))
    assert not result.flipped.any()
    assert (result.size == 0).all()


@pytest.mark.parametrize(("name", "norm", "levels"), EVERY)
def test_reports_what_the_model_says_to_the_result(name, norm, levels):
    model, _, labels, result = attacked(name, norm, levels, epsilon=4 / GREY)
    assert torch.allclose(result.logits, model(result.images), atol=1e-4)
    assert torch.equal(result.flipped, model(result.images).argmax(1) != labels)


@pytest.mark.parametrize(("name", "norm", "levels"), [case for case in EVERY if case.values[0] != "noise"])
def test_loss_does_not_fall(name, norm, levels):
    model, images, labels, result = attacked(name, norm, levels)
    lead = [margin(logits, labels, None) for logits in (model(images), result.logits)]
    assert (lead[1] >= lead[0]).all()
    assert (lead[1] > lead[0]).any()


@pytest.mark.parametrize("dtype", BOTH_TYPES)
@pytest.mark.parametrize(("name", "norm", "levels"), EVERY)
def test_same_seed_same_result(name, norm, levels, dtype):
    options = {"random_start": True, "steps": 5, "early_stop": False} if name == "pgd" else {}
    first, again, other = (
        attacked(name, norm, levels, epsilon=4 / GREY, dtype=dtype, seed=seed, **options)[-1] for seed in (1, 1, 2)
    )
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.logits, again.logits)
    assert first.seed == 1
    if name in ("pgd", "noise", "square", "hop_skip_jump"):
        assert not torch.equal(first.images, other.images)


@pytest.mark.parametrize(("name", "norm", "levels"), EVERY)
def test_leaves_pixels_outside_the_region_as_they_were(name, norm, levels):
    region = torch.zeros((32, 28), dtype=torch.bool)
    region[8:20, 5:17] = True
    _, images, _, result = attacked(name, norm, levels, epsilon=3 / GREY, region=region.numpy())
    change = result.images - images
    assert (change[..., ~region] == 0).all()
    assert (change[..., region] != 0).any() or name in DECISIONS
    assert (size(change, norm, int(region.sum())) <= 3 / GREY + CLOSE).all()
    assert torch.allclose(result.size.double(), size(change, norm, int(region.sum())), atol=CLOSE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "norm"), [(name, norm) for name, attack in REGISTRY.items() for norm in attack.norms])
def test_every_kind_of_model_is_attacked_alike(name, norm, kind):
    epsilon, fewer = 6 / GREY, {"steps": 6} if name in ("patch", "smooth", "transfer") else {}
    first, again, nothing = (
        attacked(name, norm, "8 bit", epsilon=allowed, kind=kind, **fewer) for allowed in (epsilon, epsilon, 0)
    )
    model, images, labels, result = first
    assert size(result.images - images, norm, images[0].numel()).max() <= epsilon + CLOSE
    assert torch.isin(result.images, torch.tensor(LATTICES["8 bit"], dtype=torch.float32)).all()
    assert torch.allclose(result.logits, model(result.images), atol=1e-4)
    assert torch.equal(result.flipped, decision_logits(model, model(result.images)).argmax(1) != labels)
    assert torch.equal(result.images, again[-1].images)
    assert torch.equal(nothing[-1].images, images)
    if REGISTRY[name].control:
        return
    lead = [margin(decision_logits(model, logits), labels, None) for logits in (model(images), result.logits)]
    assert (lead[1] >= lead[0]).all()
    assert (lead[1] > lead[0]).any() or name in DECISIONS


@pytest.mark.parametrize("name", REGISTRY)
def test_only_the_goal_counts_as_a_flip(name):
    model = tiny(classes=3, seed=3)
    images = films("8 bit")
    labels = model(images).argmax(1)
    for goal in set(range(3)) - set(labels.tolist()):
        threat = ThreatModel(REGISTRY[name].norms[0], epsilon=0.5, goal=goal, lattice=lattice_of("8 bit"))
        result = REGISTRY[name](model, images, labels, threat, seed=0, **needs(name, model))
        assert torch.equal(result.flipped, model(result.images).argmax(1) == goal)
        if name == "pgd":
            assert result.flipped.all()


def test_early_stop_ends_each_film_at_its_first_flip():
    model = Brightness(border=0.5)
    images = torch.full((3, 1, 8, 8), 0.5) - torch.tensor([1, 3, 40])[:, None, None, None] / GREY
    labels, seen = torch.zeros(3, dtype=torch.int64), []
    threat = ThreatModel(epsilon=8 / GREY)
    result = REGISTRY["pgd"](
        model,
        images,
        labels,
        threat,
        seed=0,
        steps=8,
        step_size=1 / GREY,
        schedule="constant",
        early_stop=True,
        on_step=lambda step: seen.append(step.index),
    )
    assert result.flipped.tolist() == [True, True, False]
    assert result.steps.tolist() == [2, 4, 8]  # one step further than the border, where the lead is 0
    assert torch.allclose(result.largest_change * GREY, torch.tensor([2.0, 4.0, 8.0]), atol=1e-3)
    assert seen == list(range(9))
    whole = REGISTRY["pgd"](model, images, labels, threat, seed=0, steps=8)
    assert torch.allclose(whole.largest_change * GREY, torch.full((3,), 8.0), atol=1e-3)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_strongest_goes_on_to_the_minimum_norm_with_the_films_that_are_left(norm):
    epsilon, grey = 8 / GREY, torch.full((2, 1, 8, 8), 0.5)
    model = Band(
        0.5 + 3 / GREY, 0.5 / GREY
    )  # a first step of twice epsilon leaps over it, and one step is all there is
    images = grey + torch.tensor([0.0, 3 / GREY - 2 * epsilon])[:, None, None, None]  # the second is out of reach
    labels, threat, shown = torch.zeros(2, dtype=torch.int64), ThreatModel(norm=norm, epsilon=epsilon), []
    for loss in ("cross_entropy", "margin"):
        alone = REGISTRY["apgd"](model, images, labels, threat, seed=0, steps=1, loss=loss)
        assert not alone.flipped.any()
    result = REGISTRY["strongest"](
        model, images, labels, threat, seed=0, steps=1, tightenings=10, questions=3, on_step=shown.append
    )
    assert result.flipped.tolist() == [True, False]
    assert 3 < int(result.steps[0]) <= 4 + 10  # two runs of Auto-PGD, two films each, then the minimum norm
    assert result.steps[1] == shown[-1].index
    assert shown[-1].index == 4 + 11 + (3 if norm == "linf" else 0) - 1 == shown[-1].total
    for step in shown:
        assert (size(step.images - images, norm, 64) <= epsilon + CLOSE).all()
    assert result.size[0] == pytest.approx(3 / GREY, abs=0.6 / GREY)


def test_flips_are_judged_at_the_operating_point():
    model = Brightness(border=0.5)
    model.card = type("Card", (), {"operating_point": 0.6})()
    at_half = torch.full((1, 1, 8, 8), 0.51)  # the disease leads, but its probability is 0.525 < 0.6
    result = REGISTRY["pgd"](model, at_half, torch.tensor([0]), ThreatModel(epsilon=0), seed=0)
    assert not result.flipped.any()
    result = REGISTRY["pgd"](model, at_half, torch.tensor([0]), ThreatModel(epsilon=8 / GREY), seed=0, steps=80)
    assert result.flipped.all()
    assert result.images.mean() == pytest.approx(0.5 + np.log(0.6 / 0.4) / 10, abs=1 / GREY)


def test_restarts_begin_somewhere_else_and_are_left_out_once_flipped():
    model, images = tiny(), films("any value")
    labels, seen = model(images).argmax(1), []
    threat = ThreatModel(epsilon=1e-4)
    REGISTRY["pgd"](model, images, labels, threat, seed=0, steps=2, restarts=3, on_step=seen.append)
    assert [step.index for step in seen] == list(range(9))
    assert {step.total for step in seen} == {8}
    assert torch.equal(seen[0].images, images)
    assert not torch.equal(seen[3].images, seen[6].images)
    easy = ThreatModel(epsilon=0.5)
    result = REGISTRY["pgd"](model, images, labels, easy, seed=0, steps=40, restarts=5, early_stop=True)
    assert result.flipped.all()
    assert result.steps.max() <= 40


@pytest.mark.parametrize("name", [name for name, attack in REGISTRY.items() if not attack.control])
def test_a_watcher_sees_storable_films_and_can_stop(name):
    levels, seen = "12 bit, window of 3000", []

    def watch(step):
        seen.append((step.index, step.total, step.images.clone(), step.logits.clone()))
        return len(seen) == 2

    model, images, _, result = attacked(name, REGISTRY[name].norms[0], levels, on_step=watch)
    assert [entry[0] for entry in seen] == [0, 1]
    assert torch.equal(seen[0][2], images)
    assert torch.isin(seen[1][2], torch.tensor(LATTICES[levels], dtype=torch.float32)).all()
    assert torch.allclose(model(seen[1][2]), seen[1][3], atol=1e-5)
    assert result.stopped
    assert result.steps.tolist() == [1, 1, 1]


def test_cross_entropy_and_margin_climb_the_same_way_for_two_classes():
    for norm in ("linf", "l2"):
        by_loss = [
            attacked("pgd", norm, "any value", loss=loss, steps=5, early_stop=False)[-1]
            for loss in ("margin", "cross_entropy")
        ]
        assert torch.allclose(by_loss[0].images, by_loss[1].images, atol=1e-5)


def test_the_margin_does_not_go_numb_on_a_model_that_is_sure():
    model = Brightness(border=0.5, slope=4000.0)  # cross entropy of the label is 0 in float32, and so is its gradient
    image = torch.full((1, 1, 8, 8), 0.4)
    threat = ThreatModel(epsilon=0.2)
    assert REGISTRY["pgd"](model, image, torch.tensor([0]), threat, seed=0).flipped.all()


def test_a_film_that_cannot_store_so_small_a_change_stays_as_it_was():
    coarse = Lattice(np.arange(60) / 59)
    images = coarse.nearest(films("any value"))
    model = tiny()
    threat = ThreatModel(epsilon=2 / GREY, lattice=coarse)
    result = REGISTRY["pgd"](model, images, model(images).argmax(1), threat, seed=0)
    assert torch.equal(result.images, images)
    assert result.steps.tolist() == [0, 0, 0]
