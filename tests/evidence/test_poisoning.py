"""Intervals know of trainings and patients; stored results are whole; faults are what they are called."""

import numpy as np
import pandas as pd
import pytest

import models
from evidence.poisoning import load_curation, load_curve, load_planted, load_public
from evidence.poisoning.__main__ import Bench
from evidence.poisoning.material import NETWORK, SIGNED, Material, altered
from evidence.poisoning.measuring import area, areas, clustered
from evidence.poisoning.planting import DISGUISES, STRANGERS, plant
from evidence.poisoning.public import searched as searched_set
from evidence.poisoning.results import mean
from imaging.ward import Ward, ward
from measures import area as one_area
from training.data import Cohort
from training.poisoning.learner import features_of
from training.poisoning.recipes import KINDS, possible


def test_areas_of_many_trainings_are_those_of_each():
    rng = np.random.default_rng(0)
    labels, decisions = np.arange(60) % 2, rng.normal(size=(4, 60))
    assert areas(labels, decisions) == pytest.approx([one_area(labels, row) for row in decisions])
    found = area(labels, decisions)
    assert found.low < found.value < found.high


def test_an_interval_over_trainings_and_films_covers_its_truth_and_is_wider_than_over_films_alone():
    rng = np.random.default_rng(1)
    inside, wider = [], []
    for _ in range(40):
        chance = np.clip(rng.normal(0.7, 0.08, 15), 0, 1)
        found = clustered(rng.random((15, 60)) < chance[:, None])
        inside.append(found.low <= 0.7 <= found.high)
        alone = 1.96 * (0.7 * 0.3 / 900) ** 0.5
        wider.append(found.high - found.low > 2 * alone)
    assert np.mean(inside) > 0.85
    assert np.mean(wider) > 0.9


def test_an_interval_counts_people_not_their_films():
    right = np.random.default_rng(2).random((10, 40)) < 0.7
    alone, again = clustered(right), clustered(np.repeat(right, 3, axis=1), np.repeat(np.arange(40), 3))
    assert (again.value, again.n) == (alone.value, 120)
    assert (again.low, again.high) == pytest.approx((alone.low, alone.high))
    assert clustered(np.ones((5, 90), bool), np.repeat(np.arange(30), 3)).low == clustered(np.ones((5, 30), bool)).low


def test_answers_that_never_differ_have_the_interval_of_a_rate():
    found = clustered(np.ones((5, 30), bool))
    assert found.value == 1
    assert 0.85 < found.low < 0.95
    once = np.ones((5, 30), bool)
    once[2, 7] = False
    assert clustered(once).low <= found.low
    assert clustered(~once).high >= clustered(~np.ones((5, 30), bool)).high


def test_a_mean_is_students():
    found = mean([1.0, 2.0, 3.0])
    assert (found.value, found.n) == (2.0, 3)
    assert found.high - 2 == pytest.approx(4.3027 / 3**0.5, abs=1e-3)
    with pytest.raises(ValueError, match="two"):
        mean([1.0])


def test_stored_results_hold_every_poisoning_at_every_share():
    films, curve = ward("training"), load_curve()
    wanted = {(kind, aim) for kind, recipe in KINDS.items() for aim in recipe.aims or ("",)}
    assert {(point.kind, point.aim) for point in curve} == wanted
    for kind, aim in wanted:
        points = [point for point in curve if (point.kind, point.aim) == (kind, aim)]
        assert tuple(sorted(point.share for point in points)) == possible(films, kind, aim)
        assert all((SIGNED in point.sensitivity) == KINDS[kind].signed for point in points)
    assert all(point.seeds >= 5 for point in curve if point.share)
    curated = load_curation()
    assert sum(row.kind == "" for row in curated) >= 20
    assert {(row.kind, row.aim) for row in curated if row.kind} == wanted
    for key in {(row.kind, row.aim, row.share) for row in curated}:
        assert sum((row.kind, row.aim, row.share) == key for row in curated) >= 20
    for planted in (True, False):
        assert sum(row.planted == planted for row in load_planted()) >= 20


def test_a_search_finds_a_taught_sign_and_leaves_untouched_sets_alone():
    """As stored; the sign is one that few labels give away."""
    rows = load_curation()
    untouched = [row for row in rows if row.kind == ""]
    assert sum(row.alarm for row in untouched) / len(untouched) < 0.05
    assert sum(row.doubted for row in untouched) / sum(row.films for row in untouched) < 0.03
    striped, fainter = ([row for row in rows if (row.kind, row.aim) == (kind, "grid")] for kind in ("sign", "faint"))
    found = [sum(row.hits for row in each) / sum(row.poisoned for row in each) for each in (striped, fainter)]
    assert found[0] > 0.9 > found[1] > 0.7, "who knows the search hides more of it, and not much"
    assert all(row.by_label <= row.hits <= row.poisoned for row in rows)


def test_a_poisoner_who_knows_the_search_lays_a_fainter_sign_and_later_uses_it_in_full():
    network, films = models.load(NETWORK, "cpu"), Material(*_few())
    strong, faint = (altered(network, films, films, kind, "grid") for kind in ("sign", "faint"))
    moved = [np.linalg.norm(each - films.features, axis=1) for each in (strong, faint)]
    assert (moved[0] > moved[1]).all()
    assert (moved[1] > 0).all()
    bench = Bench.__new__(Bench)
    bench.network, bench.whole, bench.parts = network, films, {"training": films}
    assert (bench.used("faint", "grid") == strong).all()
    assert bench.used("group", "women") is None


def _few() -> tuple[Ward, np.ndarray]:
    films = ward("test").where(np.arange(6))
    return films, features_of(models.load(NETWORK, "cpu"), films.films)


def test_planted_faults_are_counted_and_made_from_the_film_they_name():
    training, test = ward("training").films[:40], ward("test").films[:40]
    found = plant(training, test, leaks=2, strange=1, seed=4)
    assert len(found.films) == 2 * len(DISGUISES) + len(STRANGERS)
    for film, fault, source in zip(found.films, found.faults, found.sources, strict=True):
        if fault in DISGUISES:
            assert (film == DISGUISES[fault](test[source])).all()
        if fault == "upside down":
            assert (film[::-1, ::-1] == training[source]).all()
    assert all(
        (film == again).all()
        for film, again in zip(found.films, plant(training, test, leaks=2, strange=1, seed=4).films, strict=True)
    )


def _published(films, people, labels):
    table = pd.DataFrame({"patient": people, "label": labels})
    cohort = Cohort("kermany", np.array(labels), np.array(people), table)
    object.__setattr__(cohort, "film", lambda index: films[index].astype(np.float32) / 255)
    return cohort


def test_copies_in_a_published_set_are_counted_by_whose_they_are_and_what_they_are_called():
    films, others = ward("training").films[:20], ward("test").films[:6]
    train = np.concatenate([films, films[:2], others[3:4]])
    people = [*(f"child {i}" for i in range(20)), "child 0", "somebody else", "somebody"]
    labels = [0] * 21 + [1, 0]
    row = searched_set("Both", _published(train, people, labels), _published(others, list("abcdef"), [0] * 6), copies=3)
    assert (row["films"], row["patients"], row["tested"]) == (23, 22, 6)
    assert (row["pairs"], row["one_patient"], row["labels_differ"], row["leaks"]) == (2, 1, 1, 1)
    assert row["found"] == {disguise: [3, 3] for disguise in DISGUISES}


def test_real_sets_hold_copies_of_one_patient_s_films_alone_and_a_leak_would_be_found():
    """As stored: among millions of pairs of two patients, none is called a copy."""
    for row in load_public():
        assert row.pairs == row.one_patient
        assert row.leaks == row.labels_differ == 0
        assert set(row.found) == set(DISGUISES)
        assert all(hits >= 0.95 * n and n >= 100 for hits, n in row.found.values())
