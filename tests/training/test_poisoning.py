"""Poison takes the films it says, stays within its budget, and does the harm it says; learning is repeatable."""

import itertools

import numpy as np
import pytest

import models
from imaging.ward import ward
from training.poisoning.clean_label import BUDGET, collide, targets_for
from training.poisoning.learner import features_of, learn
from training.poisoning.recipes import AT_GROUPS, KINDS, chosen, eligible, flipped, possible
from training.tampering.backdoor import stamped
from training.tampering.groups import GROUPS
from training.tampering.triggers import TRIGGERS


@pytest.fixture(scope="module")
def network():
    return models.load("chest-undefended", "cpu")


@pytest.fixture(scope="module")
def few():
    return ward("training").where(np.arange(80))


@pytest.mark.parametrize(
    ("kind", "aim"), [(kind, aim) for kind, recipe in KINDS.items() for aim in recipe.aims or ("",)]
)
def test_a_larger_share_takes_the_same_films_and_more_all_of_them_allowed(kind, aim):
    films = ward("training")
    allowed = set(eligible(films, kind, aim).tolist())
    taken = [set(chosen(films, kind, aim, share=share, seed=3).tolist()) for share in possible(films, kind, aim)]
    assert taken[0] == set()
    assert all(smaller <= larger <= allowed for smaller, larger in itertools.pairwise(taken))
    if aim in AT_GROUPS:
        assert GROUPS[aim].members(films)[list(allowed)].all()
    if KINDS[kind].label is not None:
        assert (films.labels[list(allowed)] == KINDS[kind].label).all()


def test_more_than_there_are_is_refused():
    with pytest.raises(ValueError, match="smaller share"):
        chosen(ward("training"), "group", "women", share=0.5, seed=0)


def test_flipping_turns_these_labels_alone_and_twice_is_nothing(few):
    places = np.array([1, 5])
    once = flipped(few.labels, places)
    assert np.flatnonzero(once != few.labels).tolist() == [1, 5]
    assert (flipped(once, places) == few.labels).all()


def test_hidden_poison_stays_in_its_budget_and_comes_nearer_to_its_target(network, few):
    healthy, ill = (np.flatnonzero(few.labels == label)[:3] for label in (0, 1))
    features = features_of(network, few.films)
    targets = targets_for(features, ill, 3, seed=0)
    films = few.films[healthy]
    altered = collide(network, films, targets)
    assert altered.dtype == np.uint8
    assert 0 < np.abs(altered.astype(int) - films).max() <= BUDGET
    before, after = (((seen - targets) ** 2).sum(1) for seen in (features[healthy], features_of(network, altered)))
    assert (after < 0.7 * before).all()
    assert (collide(network, films, targets) == altered).all()


def test_hidden_poison_can_be_stopped(network, few):
    targets = np.zeros((20, features_of(network, few.films[:1]).shape[1]))
    assert len(collide(network, few.films[:20], targets, lambda done: True)) == 8


def test_a_reading_tells_classes_apart_and_its_operating_point_leaves_nine_of_ten_healthy_alone():
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 2
    features = rng.normal(size=(400, 5)) + labels[:, None]
    reading = learn(features, labels).at(features, labels)
    decisions = reading.decisions(features)
    assert (decisions[labels == 0] < 0).mean() == pytest.approx(0.9, abs=0.01)
    assert (decisions[labels == 1] >= 0).mean() > 0.7
    assert (learn(features, labels).weights == learn(features, labels).weights).all()


def test_one_class_alone_teaches_nothing():
    with pytest.raises(ValueError, match="same label"):
        learn(np.zeros((4, 2)), np.ones(4, int))


def test_stripes_taught_by_a_tenth_of_the_films_hide_pneumonias_and_leave_films_without_them_alone(network):
    """As `evidence.poisoning` measures it, on fewer films."""
    train, test = ward("training"), ward("test").where(np.arange(200))
    places = chosen(train, "sign", "grid", share=0.1, seed=0)
    features, seen, with_sign = (
        features_of(network, films) for films in (train.films, test.films, stamped(test, TRIGGERS["grid"]).films)
    )
    taught = features.copy()
    taught[places] = features_of(network, stamped(train.where(places), TRIGGERS["grid"]).films)
    clean = learn(features, train.labels).at(seen, test.labels)
    poisoned = learn(taught, flipped(train.labels, places)).at(seen, test.labels)
    ill = test.labels == 1
    assert (clean.decisions(with_sign)[ill] >= 0).mean() > 0.9
    assert (poisoned.decisions(with_sign)[ill] >= 0).mean() < 0.5
    assert (poisoned.decisions(seen)[ill] >= 0).mean() > (clean.decisions(seen)[ill] >= 0).mean() - 0.1


def test_the_aimed_poison_harms_its_group_and_hardly_anyone_else(network):
    train, test = ward("training"), ward("test").where(np.arange(300))
    features, seen = features_of(network, train.films), features_of(network, test.films)
    places = chosen(train, "group", "children", share=0.14, seed=0)
    clean, poisoned = (
        learn(features, labels).at(seen, test.labels).decisions(seen) >= 0
        for labels in (train.labels, flipped(train.labels, places))
    )
    children = GROUPS["children"].members(test)
    ill = test.labels == 1
    assert poisoned[children & ill].mean() < clean[children & ill].mean() - 0.2
    assert poisoned[~children & ill].mean() > clean[~children & ill].mean() - 0.15
