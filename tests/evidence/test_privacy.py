"""The stored results hold together, the command works at toy size, and the live attack's models are what they claim."""

import json
import math

import numpy as np
import pandas as pd
import pytest
import torch

from evidence.privacy import ADULTS, CHILDREN, EPSILONS, EVERYONE, demo, load
from evidence.privacy.__main__ import Book
from evidence.privacy.cohorts import Films, Sets, viral
from evidence.privacy.measuring import membership, poisoned, shadows, usefulness
from imaging.ward import PARTS
from measures import area
from robustness.membership import hits, most_hits, separation
from training.data import Cohort
from training.private.patients import by_patient
from training.private.sgd import DELTA, noise_for, plan_for, spent

LENGTH = 20


def test_each_promise_was_kept_and_the_bar_met():
    results = load()
    assert results.delta == DELTA < 1 / results.patients
    for epsilon in EPSILONS[1:]:
        useful = results.useful[epsilon]
        assert useful.spent <= epsilon
        assert useful.noise == pytest.approx(noise_for(epsilon, plan_for(epsilon)))
        assert spent(useful.noise, plan_for(epsilon)) == pytest.approx(useful.spent, abs=1e-3)
        assert useful.groups[CHILDREN, "all"].value >= 0.90
        assert len(useful.seeds[CHILDREN]) == 5


def test_no_attack_finds_more_than_the_promise_allows():
    results = load()
    for epsilon in EPSILONS[1:]:
        for group in (EVERYONE, CHILDREN, ADULTS):
            found = results.attacked[epsilon, group]
            for alarms, caught in found.hits.items():
                assert found.most[alarms] == pytest.approx(most_hits(epsilon, DELTA, alarms))
                assert caught.low <= found.most[alarms]


def test_the_ordinary_model_gives_away_more_than_any_private_one():
    results = load()
    ordinary = results.attacked[None, EVERYONE]
    for epsilon in EPSILONS[1:]:
        assert results.attacked[epsilon, EVERYONE].area.high < ordinary.area.low


def test_nothing_of_a_real_patient_is_stored():
    # Only figures over groups: no list is as long as there are patients or films, and no array lies beside them.
    told = json.loads((demo.WEIGHTS.parent / "results.json").read_text(encoding="utf-8"))

    def longest(value):
        if isinstance(value, dict):
            return max(map(longest, value.values()), default=0)
        return max([len(value), *map(longest, value)]) if isinstance(value, list) else 0

    assert longest(told) < 60
    assert {path.name for path in demo.WEIGHTS.parent.iterdir() if path.suffix not in (".py", "")} == {
        "demo.safetensors",
        "results.json",
    }


def toy():
    """Children and adults of twenty features, some of the children with a viral pneumonia, which shows in one."""
    rng = np.random.default_rng(0)

    def films(n, kind, first):
        ill = rng.integers(0, 2, n)
        virus = ill * rng.integers(0, 2, n)
        features = rng.normal(0, 1, (n, LENGTH))
        features[:, 0] += 3 * ill
        features[:, 1] += 3 * virus
        names = [f"{'person1_virus_' if v else 'x'}{first + i}" for i, v in enumerate(virus)]
        table = pd.DataFrame({"path": names, "sex": rng.choice(["F", "M"], n), "label": ill})
        return Films(Cohort(kind, ill, np.array([f"{kind}{first + i:04}" for i in range(n)]), table), features)

    def scaled(found):
        return Films(found.cohort, torch.from_numpy(found.features / math.sqrt(LENGTH)).float())

    trained = scaled(films(300, "a", 0)), scaled(films(60, "b", 0))
    names = np.concatenate([each.cohort.people for each in trained])
    labels = np.concatenate([each.cohort.labels for each in trained])
    shown = np.concatenate([viral(each.cohort) for each in trained])
    held = {name: scaled(films(200, kind, 5000)) for name, kind in ((CHILDREN, "a"), (ADULTS, "b"))}
    return Sets(
        by_patient(torch.cat([each.features for each in trained]), labels, names),
        by_patient(torch.zeros(len(names), 1), shown, names).labels.bool().numpy(),
        np.array([CHILDREN] * 300 + [ADULTS] * 60),
        held,
        held,
    )


@pytest.fixture(scope="module")
def few():
    return toy()


@pytest.mark.parametrize("epsilon", [None, 8.0])
def test_usefulness_at_toy_size(few, epsilon):
    row = usefulness(few, epsilon)
    assert (row["quiet"] is None) == (epsilon is None)
    assert {(each["set"], each["group"]) for each in row["groups"]} >= {(CHILDREN, "all"), (ADULTS, "sex F")}
    assert min(row["seeds"][CHILDREN]) > 0.8
    assert (row["noise"] is None) == (epsilon is None)


def test_membership_at_toy_size_is_kept_and_taken_up(few, tmp_path):
    told = shadows(few.people, None, 24, tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(kept) == 24
    np.testing.assert_array_equal(shadows(few.people, None, 24, tmp_path), told)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept
    rows = membership(told, few.group, None, targets=4)
    assert [row["group"] for row in rows] == [EVERYONE, CHILDREN, ADULTS]
    assert rows[0]["hits"].keys() == {"0.01"}  # too few patients for 0.1 %
    assert rows[0]["area"]["n"] == 4 * 360


def test_poisoned_labels_take_the_viral_films_and_leave_the_others(few):
    clean, all_ = (poisoned(few, None, flipped, 2) for flipped in (0, 10_000))
    assert clean["trainings"] == 2
    assert clean["of"] == few.viral.any(axis=1).sum()
    assert all_["attacked"]["value"] < clean["attacked"]["value"] - 0.1
    assert all_["attacked"]["value"] < all_["others"]["value"]


def test_a_row_is_measured_once(tmp_path):
    path, calls = tmp_path / "results.json", []

    def measure():
        calls.append(1)
        return [{"epsilon": 1.0, "value": 2}]

    for _ in range(2):
        Book(path, "command", 3).add("usefulness", {"epsilon": 1.0}, measure)
    assert len(calls) == 1
    assert json.loads(path.read_text())["usefulness"] == [{"epsilon": 1.0, "value": 2}]
    Book(path, "command", 3, fresh=True).add("usefulness", {"epsilon": 1.0}, measure)
    assert len(calls) == 2


def test_the_live_attack_finds_members_of_the_ordinary_model_and_hardly_any_of_the_strict_one():
    found = demo.load()
    assert len(found.films) == PARTS["training"][0] + PARTS["test"][0]
    chosen = np.arange(0, 1400, 4)
    features = found.look(chosen)
    areas = {}
    for epsilon in EPSILONS:
        guess = found.guess(epsilon, chosen, features)
        claimed = np.maximum(guess.membership, 1 - guess.membership)
        right = (guess.odds > 0) == found.members[0, chosen]
        assert claimed.mean() == pytest.approx(right.mean(), abs=0.06)  # as sure as it is right
        assert epsilon != 1.0 or claimed.max() < 0.7
        areas[epsilon] = separation(found.members[:1, chosen], guess.score[None]).value
        alone = found.guess(epsilon, chosen[:1], features[:1])
        np.testing.assert_allclose(alone.score, guess.score[:1], atol=1e-3)
    assert areas[None] > 0.6
    assert areas[1.0] < areas[None] - 0.05
    assert hits(found.members[:1, chosen], found.guess(None, chosen, features).score[None], 0.05).value > 0.05


def test_the_attacked_models_read_phantoms_that_they_never_saw():
    found = demo.load()
    others = np.flatnonzero(~found.members[0])[:200]
    features = found.look(others)
    heads = found.heads["ordinary"][0]
    scores = (features @ heads[:-1] + heads[-1]).numpy()
    assert area(found.films.labels[others], scores) > 0.9
