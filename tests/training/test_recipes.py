"""Recipes at toy size: they resume to the same weights, split by patient, and measure what they ship."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import torch

import models
from models import catalogue
from models.networks import ChestNet
from training import calibration, chest, data, loop, publish
from training.augment import augment
from training.data import Cohort
from training.loop import Adversary, Plan, train
from training.tasks import Agree, Classify, Noisy, Pool


@dataclasses.dataclass(frozen=True)
class Squares(Cohort):
    """Toy films: a bright square is the disease."""

    films: tuple = ()

    def film(self, index):
        return self.films[int(self.table.position[index])]


def squares(n, seed, name="phantoms"):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    films = rng.uniform(0, 0.4, (n, 48, 48)).astype(np.float32)
    for film, label in zip(films, labels, strict=True):
        if label:
            top, left = rng.integers(8, 24, 2)
            film[top : top + 16, left : left + 16] += 0.5
    people = np.array([f"{seed}-{i // 2}" for i in range(n)])
    table = pd.DataFrame({"position": range(n), "sex": np.where(np.arange(n) % 4 < 2, "F", "M")})
    return Squares(name, labels, people, table, tuple(films))


def pools(n=64):
    cohort = squares(n, 0)
    return [Pool(cohort.stack(48), cohort.labels, np.full(n, 1 / n), 1.0)]


def toy_plan(**changes):
    return dataclasses.replace(Plan(epochs=3, films_per_epoch=64, rate=0.05, batch=16, average=0.5), **changes)


def weights_after(path, plan, task=None):
    torch.manual_seed(0)
    return train(ChestNet(size=32, width=4, depths=[1, 1]), pools(), plan, path, task).state_dict()


ADVERSARY = Adversary(epsilon=4 / 255, steps=2, ramp_epochs=2)


@pytest.mark.parametrize(
    ("changes", "task"),
    [
        ({}, None),
        ({"adversary": ADVERSARY}, None),
        ({"adversary": ADVERSARY, "weight_epsilon": 0.01}, Agree(4)),
        ({}, Noisy(0.1)),
    ],
)
def test_a_run_that_was_cut_ends_with_the_same_weights(tmp_path, changes, task, monkeypatch):
    plan = toy_plan(**changes)
    whole = weights_after(tmp_path / "whole.pt", plan, task)
    epoch = loop._epoch

    def cut(*arguments):
        if arguments[-1] == 2:
            raise KeyboardInterrupt
        return epoch(*arguments)

    monkeypatch.setattr(loop, "_epoch", cut)
    with pytest.raises(KeyboardInterrupt):
        weights_after(tmp_path / "cut.pt", plan, task)
    monkeypatch.setattr(loop, "_epoch", epoch)
    resumed = weights_after(tmp_path / "cut.pt", plan, task)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert loop.losses(tmp_path / "cut.pt") == loop.losses(tmp_path / "whole.pt")


def test_of_a_finished_run_only_the_average_and_the_losses_are_kept(tmp_path, monkeypatch):
    whole = weights_after(tmp_path / "whole.pt", toy_plan())
    assert set(torch.load(tmp_path / "whole.pt", weights_only=True)) == {"average", "epoch", "losses"}
    assert len(loop.losses(tmp_path / "whole.pt")) == toy_plan().epochs
    monkeypatch.setattr("training.loop._epoch", lambda *arguments: pytest.fail("trained once more"))
    again = weights_after(tmp_path / "whole.pt", toy_plan())
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_kernels_are_moved_to_where_they_harm_and_back():
    model = ChestNet(size=32, width=4, depths=[1, 1]).eval()
    films, labels = torch.rand(8, 1, 32, 32), torch.arange(8) % 2
    task, plan = Classify(), toy_plan(weight_epsilon=0.05)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    ordinary = task.loss(model, films, labels, 0).item()
    with loop._moved(model, task, films, labels, plan):
        kernel = model.stem[0].weight
        length = ((kernel - before["stem.0.weight"]).norm() / before["stem.0.weight"].norm()).item()
        assert length == pytest.approx(0.05, rel=1e-3)
        assert task.loss(model, films, labels, 0).item() > ordinary
    assert all(torch.allclose(before[name], tensor, atol=1e-6) for name, tensor in model.state_dict().items())


def test_films_under_noise_are_drawn_at_full_size_with_as_much_noise_as_asked():
    model, rng = ChestNet(size=32, width=4, depths=[1, 1]), np.random.default_rng(0)
    films, _ = Noisy(0.25).batch(model, pools(), 4, rng, torch.Generator().manual_seed(0))
    plain, _ = Noisy(0).batch(model, pools(), 4, np.random.default_rng(0), torch.Generator().manual_seed(0))
    assert films.shape == (4, 1, Noisy.SIDE, Noisy.SIDE)
    assert float((films - plain).std()) == pytest.approx(0.25, rel=0.02)


def test_an_altered_film_that_is_answered_alike_costs_nothing():
    model, task = ChestNet(size=32, width=4, depths=[1, 1]).eval(), Agree(4)
    films, labels = task.batch(model, pools(), 8, np.random.default_rng(0), torch.Generator().manual_seed(0))
    assert task.harm(model, films, labels).item() == pytest.approx(0, abs=1e-4)
    agreed = task.loss(model, films, labels, 0).item()
    assert agreed == pytest.approx(Classify().loss(model, films, labels, 0).item(), abs=1e-2)
    assert task.loss(model, 1 - films, labels, 0).item() > agreed


def test_augmentation_keeps_the_range_and_repeats_by_seed():
    films = torch.rand(6, 1, 48, 48)
    first, second = (augment(films, 32, torch.Generator().manual_seed(3)) for _ in range(2))
    assert first.shape == (6, 1, 32, 32)
    assert torch.equal(first, second)
    assert first.min() >= 0
    assert first.max() <= 1
    assert not torch.equal(first, augment(films, 32, torch.Generator().manual_seed(4)))


def test_a_split_keeps_every_patient_on_one_side():
    cohort = squares(200, 1)
    parts = data.split(cohort, {"train": 0.6, "validation": 0.15, "test": 0.25})
    assert (sum(part.astype(int) for part in parts.values()) == 1).all()
    people = {name: set(cohort.people[part]) for name, part in parts.items()}
    assert not people["train"] & people["test"]
    assert not people["train"] & people["validation"]
    assert len(people["train"]) == 60


def test_publishing_ships_what_it_measures(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "WEIGHTS", tmp_path)
    monkeypatch.setattr(catalogue, "CARDS", tmp_path)
    options = {"size": 32, "width": 4, "depths": [1, 1]}
    torch.manual_seed(0)
    model = train(ChestNet(**options), pools(), toy_plan(epochs=8), tmp_path / "run.pt")
    entry = publish.Entry("toy", "Toy", "A toy.", "toy", False, options, (), "seconds")
    try:
        courses = [publish.course("Training", toy_plan(epochs=8, adversary=ADVERSARY), tmp_path / "run.pt")]
        card = publish.publish(entry, model, [squares(64, 0)], [squares(80, 2)], [squares(80, 3)], courses=courses)
        (course,) = models.card("toy").courses
        assert (course.epsilon, len(course.losses)) == (4, 8)
        assert course.losses[-1] < course.losses[0]
        assert json.loads((tmp_path / "toy.json").read_text())["sha256"] == card.sha256
        loaded = models.load("toy", "cpu")
        area = card.figure("phantoms", "AUC")
        assert (area.n, area.group) == (80, "all")
        assert area.value > 0.8
        assert card.figure("phantoms", "AUC", "sex F").n == 40
        assert card.figure("phantoms", "AUC under attack, 4 of 255").value <= area.value
        again = publish.scores(loaded, squares(80, 3))
        called = 1 / (1 + np.exp(-again)) >= card.operating_point
        assert card.figure("phantoms", "sensitivity").value == pytest.approx(called[1::2].mean(), abs=1e-4)
    finally:
        models.card.cache_clear()


def test_calibration_finds_the_temperature_and_the_point_that_separates():
    rng = np.random.default_rng(0)
    margins = rng.normal(size=20000) * 2
    labels = (rng.random(20000) < 1 / (1 + np.exp(-margins))).astype(int)
    even = np.full(20000, 1 / 20000)
    assert calibration.temperature(3 * margins, labels, even) == pytest.approx(3, rel=0.05)
    apart = np.array([-3.0, -2.0, 1.0, 2.0])
    point = calibration.operating_point(apart, np.array([0, 0, 1, 1]), np.full(4, 0.25))
    assert np.log(point / (1 - point)) == pytest.approx(-0.5)


def _real():
    try:
        return data.data_root()
    except data.MissingDataError as error:
        pytest.skip(str(error))


def test_the_real_sets_split_by_patient_and_draw_classes_evenly_within_views():
    root = _real()
    parts = {name: data.nih(root, name) for name in ("train", "validation", "test")}
    people = [set(part.people) for part in parts.values()]
    assert not people[0] & people[1] | people[0] & people[2] | people[1] & people[2]
    train_part = parts["train"]
    some = train_part.where(np.arange(0, len(train_part), 4))
    weights, table = chest.pool(some).weights, some.table
    for view in ("AP", "PA"):
        shares = [weights[(table.view == view) & (table.label == label)].sum() for label in (0, 1)]
        assert shares[0] == pytest.approx(shares[1])
    assert len(data.kermany(root, "test")) == 284
