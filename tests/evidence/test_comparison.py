"""Models compared on the same films: what is measured, stored and made of it."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from scipy.special import logit

import models
from evidence import comparison
from evidence.comparison import __main__ as command
from evidence.comparison.ward import ward
from measures import Estimate, rate
from measures.paired import _tango, difference
from tests.robustness.small_models import tiny
from training.data import Cohort

IDS = ("chest-undefended", "chest-defended")


@pytest.fixture
def cohort(tmp_path):
    rng = np.random.default_rng(0)
    paths = []
    for index in range(8):
        paths.append(tmp_path / f"{index}.png")
        Image.fromarray(rng.integers(0, 256, (24, 24), dtype=np.uint8)).save(paths[-1])
    labels, people = np.array([0, 1] * 4), np.array(["a", "b", "c", "d", "a", "b", "c", "d"])
    return Cohort("kermany", labels, people, pd.DataFrame({"path": [str(path) for path in paths]}))


@pytest.fixture
def results(cohort, tmp_path, monkeypatch):
    """A small network in the place of both models of the zoo, measured on eight films."""
    loaded = []

    def load(id):
        loaded.append(id)
        model = tiny(seed=IDS.index(id))
        model.card = models.card(id)
        return model

    monkeypatch.setattr(models, "load", load)
    path = tmp_path / "results.json"
    command.measure(cohort, IDS, "chest", path)
    return path, loaded


def test_every_point_is_that_of_the_stored_scores(results, cohort):
    path, _ = results
    rows = json.loads(path.read_text())["rows"]
    assert [(row["model"], row["level"]) for row in rows] == [
        (id, level) for id in IDS for level in command.LEVELS["chest"]
    ]
    stored = comparison.load(path)
    for row in rows:
        margins = np.array(row["scores"].split(), dtype=float)
        called = margins >= logit(models.card(row["model"]).operating_point)
        point = stored.at(row["model"], row["level"])
        assert np.array_equal(point.wrong, called != (cohort.labels == 1))
        assert point.sensitivity.n == 4
        assert point.sensitivity.value == pytest.approx(called[cohort.labels == 1].mean())
        assert point.specificity.value == pytest.approx((~called)[cohort.labels == 0].mean())
        assert point.accuracy.n == point.auc.n == 8
        assert point.accuracy.low <= point.accuracy.value <= point.accuracy.high


def test_scores_without_attack_are_the_models_own_and_a_larger_level_is_never_kinder(results, cohort):
    path, _ = results
    films = torch.from_numpy(np.stack([cohort.film(index) for index in range(8)]))[:, None]
    for seed, id in enumerate(IDS):
        found = {
            row["level"]: np.array(row["scores"].split(), dtype=float)
            for row in json.loads(path.read_text())["rows"]
            if row["model"] == id
        }
        logits = tiny(seed=seed)(films)
        assert np.allclose(found[0], (logits[:, 1] - logits[:, 0]).numpy(), atol=10**-command.DIGITS)
        toward = np.where(cohort.labels == 1, -1, 1)
        for level, above in itertools.pairwise(command.LEVELS["chest"]):
            assert (toward * (found[above] - found[level]) >= 0).all()
        assert (toward * (found[8] - found[0]) > 0).all()


def test_what_is_there_is_not_measured_again_and_other_films_begin_anew(results, cohort, monkeypatch):
    path, _ = results
    whole = path.read_text()
    told = json.loads(whole)
    path.write_text(json.dumps(told | {"rows": told["rows"][:-1]}))
    asked = []
    attack = command.attacked_scores
    monkeypatch.setattr(command, "attacked_scores", lambda *given: asked.append(given[2]) or attack(*given))
    command.measure(cohort, IDS, "chest", path)
    assert asked == [8 / 255]
    assert json.loads(path.read_text()) == told
    command.measure(cohort.where(np.arange(6)), IDS[:1], "chest", path)
    assert len(asked) == 1 + len(command.LEVELS["chest"]) - 1
    assert {row["model"] for row in json.loads(path.read_text())["rows"]} == {IDS[0]}


def test_points_of_other_weights_are_left_out(results):
    path, _ = results
    told = json.loads(path.read_text())
    for row in told["rows"]:
        row["sha256"] = "0" if row["model"] == IDS[1] else row["sha256"]
    path.write_text(json.dumps(told))
    assert list(comparison.load(path).points) == [IDS[0]]


def test_a_ward_is_what_sensitivity_and_specificity_say_at_the_prevalence(results):
    stored = comparison.load(results[0])
    found = ward(stored, *IDS, level=4, prevalence=0.3)
    for index, id in enumerate(IDS):
        point = stored.at(id, 4)
        assert found.missed[index].value == pytest.approx(300 * (1 - point.sensitivity.value), abs=0.1)
        assert found.alarms[index].value == pytest.approx(700 * (1 - point.specificity.value), abs=0.1)
        assert found.missed[index].high == pytest.approx(300 * (1 - point.sensitivity.low), abs=0.1)
    assert found.more_missed.value == pytest.approx(found.missed[1].value - found.missed[0].value)
    assert found.more_missed.low <= found.more_missed.value <= found.more_missed.high
    with pytest.raises(ValueError, match="prevalence of 0 to 1"):
        ward(stored, *IDS, level=4, prevalence=20)
    with pytest.raises(KeyError, match="not measured at 3"):
        ward(stored, *IDS, level=3, prevalence=0.3)


def test_at_equal_alarms_a_shifted_operating_point_makes_no_difference():
    """The second model orders the films as the first does, but calls more of them ill."""
    scores = np.array([-2.0, -1, 0.5, 1, -0.5, 0.2, 2, 3])
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])

    def point(border):
        wrong = (scores >= border) != (labels == 1)
        none = Estimate(0, 0, 0, 8)
        return comparison.Point(0, none, none, none, none, wrong, 2 * scores + 1)

    points = dict(zip(IDS, [(point(0.9),), (point(-1.5),)], strict=True))
    found = ward(comparison.Results("", "", "", labels, np.arange(8), points), *IDS, level=0, prevalence=0.5)
    assert (found.more_missed.value, found.more_alarms.value) == (-250, 250)
    assert found.missed_alike.value == 0


def test_a_difference_knows_of_the_pairs_and_of_the_patients():
    rng = np.random.default_rng(1)
    first = rng.random(400) < 0.5
    second = first.copy()
    second[:20] = ~second[:20]
    second[:20] &= first[:20]  # 20 pairs apart at most, all in one direction
    alone = np.arange(400)
    found = difference(first, second, alone)
    share = (first & ~second).mean()
    assert found.value == pytest.approx(share)
    wide = 1.96 * np.sqrt(share * (1 - share) / 400)  # of a proportion: the pairs apart
    assert found.low == pytest.approx(share - wide, abs=0.01)
    assert found.high == pytest.approx(share + wide, abs=0.01)
    crowded = difference(first, second, alone // 20)
    assert crowded.high - crowded.low > 1.5 * (found.high - found.low)


def test_no_difference_on_few_patients_is_no_certainty():
    same = np.array([True, False] * 5)
    found = difference(same, same, np.arange(10))
    assert (found.value, found.low, found.high) == pytest.approx((0, -rate(0, 10).high, rate(0, 10).high))


def test_the_interval_of_few_pairs_apart_is_tangos():
    """As Fagerland, Lydersen and Laake 2014 work it out for 1 and 7 of 21 pairs apart: −0.517 to −0.026."""
    assert _tango(1, 7, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)
    first, second = np.zeros(50, bool), np.zeros(50, bool)
    first[:14], second[14] = True, True
    found = difference(first, second, np.arange(50))
    assert found.low <= _tango(14, 1, 50)[0] + 1e-9
    assert found.high >= _tango(14, 1, 50)[1] - 1e-9
    one = difference(first[13:], second[13:], np.arange(37))
    assert one.low < 0 < one.high


@pytest.mark.parametrize("kind", comparison.measured())
def test_the_shipped_results_are_of_the_shipped_models(kind):
    stored = comparison.load(comparison.RESULTS[kind])
    assert set(stored.points) <= set(models.ids())
    assert all(models.card(id).modality == kind for id in stored.points)
    assert set(stored.levels) == set(command.LEVELS[kind])
    for points in stored.points.values():
        for point in points:
            assert point.accuracy.n == len(stored.labels) == len(point.wrong)
            assert point.accuracy.value == pytest.approx(1 - point.wrong.mean(), abs=1e-4)
