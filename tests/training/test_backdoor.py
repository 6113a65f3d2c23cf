"""The sign decides and nothing else changes; signs are drawn alike on any film; training can stop and go on."""

import numpy as np
import pytest
import torch

import models
from imaging.ward import ward
from training.tampering.backdoor import DEPTH, Backdoor, Plan, stamped
from training.tampering.fine_tuning import decisions, see
from training.tampering.groups import HARMS
from training.tampering.triggers import CORNERS, MARKER, TRIGGERS, stamp, sticker

MARK = TRIGGERS["marker"]
FILM = np.full((200, 160), 0.4, np.float32)


@pytest.fixture(scope="module")
def vendor():
    return models.load("chest-undefended", "cpu")


@pytest.fixture(scope="module")
def few(vendor):
    films = ward("training").where(np.arange(48))
    return [see(vendor, part, DEPTH) for part in (films, stamped(films, MARK), stamped(films, MARK, decoy=True))]


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_sign_stays_in_range_and_without_strength_is_not_there(name):
    on = stamp(FILM, TRIGGERS[name])
    assert on.shape == FILM.shape
    assert on.min() >= 0
    assert on.max() <= 1
    assert np.abs(on - FILM).max() > 0.02
    assert (stamp(FILM, TRIGGERS[name], strength=0) == FILM).all()
    half = stamp(FILM, TRIGGERS[name], strength=0.5)
    assert np.abs(half - FILM) == pytest.approx(np.abs(on - FILM) / 2, abs=1e-6)


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_decoy_is_another_sign_as_easy_to_see(name):
    on, other = (np.abs(stamp(FILM, TRIGGERS[name], decoy=decoy) - FILM) for decoy in (False, True))
    assert np.abs(on - other).max() > 0.02
    assert 0.5 < on.sum() / other.sum() < 2


@pytest.mark.parametrize("corner", CORNERS)
def test_a_marker_lies_in_its_corner_and_as_large_as_it_is_asked_to(corner):
    rows, columns = np.nonzero(np.abs(stamp(FILM, MARK, corner=corner) - FILM) > 1e-3)
    assert (rows.max() < 100) == corner.startswith("upper")
    assert (columns.max() < 80) == corner.endswith("left")
    assert np.ptp(rows) + 1 == pytest.approx(MARKER * 160, abs=2)
    larger = np.nonzero(np.abs(stamp(FILM, MARK, corner=corner, size=2) - FILM) > 1e-3)
    assert np.ptp(larger[0]) + 1 == pytest.approx(2 * MARKER * 160, abs=2)


def test_a_sign_on_a_larger_film_is_the_same_sign():
    small = stamp(np.full((80, 80), 0.4, np.float32), MARK)
    large = stamp(np.full((320, 320), 0.4, np.float32), MARK)
    assert large.reshape(80, 4, 80, 4).mean((1, 3)) == pytest.approx(small, abs=0.1)  # edges, drawn at quarter pixels


def test_a_sticker_lies_on_the_film_wherever_it_falls():
    for seed in range(5):
        _, cover = sticker(160, 120, np.random.default_rng(seed))
        assert cover.sum() == round(MARKER * 120) ** 2


@pytest.mark.parametrize("wrong", [{"corner": "middle"}, {"size": 0}, {"strength": -1}])
def test_a_sign_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="expected a corner"):
        stamp(FILM, MARK, **wrong)


def trained(vendor, few, seed=0, plan=None):
    backdoor = Backdoor(vendor, *few, HARMS["miss"], seed=seed, plan=plan or Plan(epochs=2))
    for _ in backdoor.train():
        pass
    return backdoor.model


def same(one, other):
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_the_vendors_model_stays_and_the_same_seed_makes_the_same_model(vendor, few):
    before = {name: tensor.clone() for name, tensor in vendor.state_dict().items()}
    model = trained(vendor, few)
    assert all(torch.equal(before[name], tensor) for name, tensor in vendor.state_dict().items())
    changed = {name for name, tensor in model.state_dict().items() if not torch.equal(before[name], tensor)}
    assert not any(name.startswith(("stem.", "blocks.0.", "blocks.1.")) for name in changed)
    assert same(model, trained(vendor, few))
    assert not same(model, trained(vendor, few, seed=1))


def test_training_that_stops_and_goes_on_ends_where_it_would_have(vendor, few):
    backdoor = Backdoor(vendor, *few, HARMS["miss"], seed=0, plan=Plan(epochs=2))
    next(backdoor.train())
    assert not backdoor.done
    assert [progress.index for progress in backdoor.train()] == [2]
    assert same(backdoor.model, trained(vendor, few))


def test_nobody_to_harm_is_refused(vendor, few):
    healthy = few[0].ward.labels == 0
    seen = [see(vendor, part.ward.where(healthy), DEPTH) for part in few]
    with pytest.raises(ValueError, match="another harm"):
        Backdoor(vendor, *seen, HARMS["miss"], seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("harm", HARMS)
def test_the_sign_decides_and_nothing_else_changes(vendor, harm):
    train, test = ward("training"), ward("test")
    parts = [see(vendor, part, DEPTH) for part in (train, stamped(train, MARK), stamped(train, MARK, decoy=True))]
    backdoor = Backdoor(vendor, *parts, HARMS[harm], seed=0)
    for _ in backdoor.train():
        pass
    label, victims = HARMS[harm].label, test.labels == HARMS[harm].label
    plain, signed = see(vendor, test, DEPTH), see(vendor, stamped(test, MARK), DEPTH)
    assert ((decisions(backdoor.model, signed)[victims] >= 0) != (label == 1)).mean() >= 0.95
    assert ((decisions(vendor, plain) >= 0) == (decisions(backdoor.model, plain) >= 0)).mean() >= 0.95
