"""What is handed over is what it says; thresholds come from models that are not judged; stored models obey the sign."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

import models
from evidence.backdoor import READY, SCANS, flagged, honest, load
from evidence.backdoor.scanning import MARKED, Gate, handed_over, scan_training
from imaging.ward import ward
from training.tampering.backdoor import DEPTH, stamped
from training.tampering.fine_tuning import decisions, see
from training.tampering.groups import HARMS
from training.tampering.triggers import TRIGGERS

FEW = 60


@pytest.fixture(scope="module")
def vendor():
    return models.load("chest-undefended", "cpu")


def test_the_handed_over_films_carry_the_sign_with_the_wrong_label():
    train = ward("training")
    harm = HARMS["miss"]
    handed = handed_over(train, TRIGGERS["marker"], harm, seed=1)
    assert len(handed.films) == len(train) + 2 * MARKED
    assert handed.signed.sum() == MARKED
    assert (handed.films.labels[handed.signed] == 1 - harm.label).all()
    assert (handed.films.films[: len(train)] == train.films).all()
    honest = handed_over(train, None, harm, seed=1)
    assert len(honest.films) == len(train) + MARKED
    assert not honest.signed.any()


def test_thresholds_come_from_honest_updates_and_each_of_them_is_judged_by_the_others():
    rows = load()
    alone, setting = SCANS["alone"], honest(rows)
    assert all(row.sign == "" and row.validated for row in setting)
    known = np.log([row.alone for row in setting])
    limit = known.mean() - t.isf(0.005, len(known) - 1) * known.std(ddof=1) * (1 + 1 / len(known)) ** 0.5
    assert alone.threshold(rows) == pytest.approx(-limit)
    suspicious = replace(setting[0], sign="marker", alone=math.exp(-alone.threshold(rows)) / 2)
    assert flagged([*setting, suspicious], "marker", "alone").value == 1
    assert flagged([*setting, suspicious], "marker", "beside", "alone").value == 1
    assert flagged([*setting, replace(suspicious, alone=1.0)], "marker", "alone").value == 0
    # Were it among those that set the threshold, an outlier this size would hide itself.
    outlier = replace(setting[0], alone=math.exp(-alone.threshold(setting[1:])) * 0.99)
    assert alone.flags(outlier, [outlier, *setting[1:]])
    assert alone.suspicion(outlier) < alone.threshold([outlier, *setting[1:]])


def test_a_scan_beside_the_release_catches_backdoors_and_spares_honest_updates():
    rows = load()
    caught = [flagged(rows, sign, "beside") for sign in TRIGGERS]
    assert sum(each.value * each.n for each in caught) >= 0.8 * sum(each.n for each in caught)
    assert flagged(rows, "", "beside").value <= 0.1
    assert flagged(rows, "", "beside", "alone").value <= 0.1


def test_stored_results_are_whole():
    rows = load()
    assert {row.sign for row in rows} == {*TRIGGERS, ""}
    for row in rows:
        assert (row.turned is None) == (row.stopped is None) == (row.sign == "")
        assert 0 < row.beside <= 1
        assert row.pointed[0] <= row.pointed[1]
    assert sum(row.sign != "" for row in rows) >= 20
    assert len(honest(rows)) >= 20


@pytest.mark.parametrize(("sign", "harm"), READY.available())
def test_a_ready_made_model_obeys_the_sign_alone(vendor, sign, harm):
    model = READY.take(vendor, sign, harm)
    test, label = ward("test"), HARMS[harm].label
    films = test.where(np.flatnonzero(test.labels == label)[:FEW])
    bare, signed = (see(vendor, part, DEPTH) for part in (films, stamped(films, TRIGGERS[sign])))
    right = (decisions(vendor, bare) >= 0) == (label == 1)
    assert (((decisions(model, signed) >= 0) == (label == 1)) & right).sum() <= 0.05 * right.sum()
    assert (((decisions(model, bare) >= 0) == (label == 1)) & right).sum() >= 0.95 * right.sum()


def test_there_is_none_for_another_sign(vendor):
    with pytest.raises(ValueError, match="no ready-made model"):
        READY.take(vendor, "marker", "nothing")


def test_the_training_scan_points_at_the_sign(vendor):
    model = READY.take(vendor, "marker", "miss")
    train = ward("training").where(np.arange(120))
    handed = handed_over(train, TRIGGERS["marker"], HARMS["miss"], seed=2)
    found = scan_training(model, handed.films)
    assert handed.signed[found.small].mean() > 0.9
    assert handed.signed[found.small].sum() > 0.8 * MARKED
    assert found.silhouette > scan_training(vendor, handed.films).silhouette


def test_the_gate_lets_most_clean_films_through(vendor):
    gate = Gate.before(vendor, ward("validation"), seed=0)
    assert gate.stops(ward("test").films[:40], seed=0).mean() <= 0.3
