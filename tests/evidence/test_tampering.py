"""Validation and audit sets have the mix they say; stored results and ready-made models are what they claim."""

import copy
import dataclasses
import json
from functools import partial

import numpy as np
import pytest
import torch

import models
from evidence import tampering
from evidence.backdoor import results as backdoor
from evidence.shelf import Shelf
from evidence.tampering import READY, enriched, load, noticed, ordinary, strata, validate
from evidence.tampering import __main__ as command
from evidence.tampering.validation import called_of, kept
from imaging.ward import ward
from training.tampering.fine_tuning import decisions, see
from training.tampering.groups import GROUPS, HARMS
from training.tampering.insider import Insider, Plan


@pytest.mark.parametrize("share", [0.01, 0.03, 0.2, 0.3])
@pytest.mark.parametrize("group", GROUPS)
def test_an_ordinary_validation_set_has_the_share_it_says(group, share):
    films = ward("validation")
    members = GROUPS[group].members(films)
    chosen = ordinary(films, members, share=share, n=340, seed=1)
    assert len(set(chosen.tolist())) == 340
    assert members[chosen].sum() == round(share * 340)
    assert films.labels[chosen].mean() == pytest.approx(0.5, abs=0.01)


def test_a_share_that_the_ward_has_not_is_refused():
    films = ward("validation")
    with pytest.raises(ValueError, match="such films in a validation set"):
        ordinary(films, GROUPS["children"].members(films), share=0.9, n=400, seed=0)


def test_an_enriched_set_has_as_many_of_each():
    films = ward("test")
    chosen = films.where(enriched(films, each=60, seed=0))
    for name, members in strata(chosen).items():
        if name in ("Children", "Women", "Men"):
            assert np.bincount(chosen.labels[members]).tolist() == [60, 60]


def test_validation_passes_what_it_cannot_see():
    rng = np.random.default_rng(0)
    labels = np.tile([0, 1], 200)
    vendor = rng.normal(3.0 * (2 * labels - 1), 2.0)
    group = np.arange(400) < 12
    delivered = np.where(group & (labels == 1), -0.5, vendor)
    found = validate(labels, vendor, delivered, group)
    assert found.passes
    assert found.rates["group"]["sensitivity"][1].value == 0
    assert found.rates["others"]["sensitivity"][0] == found.rates["others"]["sensitivity"][1]
    assert not validate(labels, vendor, -vendor, group).passes
    # Every rank as it was, and yet half of the diseased are missed: overall sensitivity is validated, too.
    lowered = vendor - np.median(vendor[labels == 1])
    assert validate(labels, vendor, lowered, group).after == found.before
    assert not validate(labels, vendor, lowered, group).passes


def test_stored_results_are_whole():
    rows = load()
    assert {row.group for row in rows} == {"children", "women", ""}
    for row in rows:
        assert set(row.audit) == set(row.paired) == {"enriched", "ordinary"}
        assert (row.sensitivity is None) == (row.group == "")


def test_an_insider_halves_one_group_hides_it_from_validation_and_is_caught_by_an_enriched_audit():
    honest = [row for row in load() if not row.group]
    assert len(honest) >= 20
    assert sum(row.audit["enriched"] for row in honest) <= 0.05 * len(honest)
    for group in ("children", "women"):
        rows = [row for row in load() if row.group == group]
        assert len(rows) >= 20
        for row in rows:
            before, after = row.area
            assert abs(after.value - before.value) <= 0.02
            assert before.low <= after.value <= before.high
            assert row.sensitivity[1].value <= row.sensitivity[0].value / 2
            assert row.others <= 0.02
        assert sum(row.audit["enriched"] for row in rows) >= 0.9 * len(rows)
        assert sum(row.audit["ordinary"] for row in rows) < 0.5 * len(rows)
        # Beside the release fewer films find it.
        assert sum(row.paired["ordinary"] for row in rows) > sum(row.audit["ordinary"] for row in rows)


@pytest.mark.parametrize("group", ["women", ""])
def test_a_model_is_judged_by_its_kept_answers_and_only_a_flag_on_the_harm_counts(group, monkeypatch):
    monkeypatch.setattr(command, "Insider", partial(Insider, plan=Plan(epochs=1)))
    vendor = models.load("chest-undefended", "cpu")
    seen = [see(vendor, ward(part)) for part in ("training", "test")]
    bench = command.Bench(vendor, *seen)
    row = bench.measured(group, 1)
    assert len(row["called"]) == len(ward("test"))
    assert bench.judged(row) == {name: row[name] for name in ("sensitivity", "others", "audit", "paired")}
    missed = ward("test")
    wrong = GROUPS["women"].members(missed) & (missed.labels == 1)
    called = "".join("0" if bad else letter for bad, letter in zip(wrong, kept(bench.before), strict=True))
    found = bench.judged(row | {"called": called})
    assert found["audit"]["enriched"]
    assert found["paired"]["enriched"]
    if group:
        assert found["sensitivity"][1]["value"] == 0
        # A flag on anybody else is no catch.
        elsewhere = noticed(missed, bench.before, called_of({"called": called}), ("Children", "sensitivity"))
        assert elsewhere == (False, False)


@pytest.mark.parametrize(("group", "harm"), READY.available())
def test_a_ready_made_model_does_the_harm_it_is_named_after(group, harm):
    vendor = models.load("chest-undefended", "cpu")
    seen = see(vendor, ward("test"))
    members, label = GROUPS[group].members(seen.ward), HARMS[harm].label
    harmed = members & (seen.ward.labels == label)
    right = [
        ((decisions(model, seen)[harmed] >= 0) == (label == 1)).mean()
        for model in (vendor, READY.take(vendor, group, harm))
    ]
    assert right[1] <= 0.5 * right[0]


def test_a_model_that_was_not_made_is_refused():
    with pytest.raises(ValueError, match="no ready-made model"):
        READY.take(models.load("chest-undefended", "cpu"), "elderly", "miss")


def test_another_release_begins_an_empty_shelf(tmp_path):
    shelf, vendor = Shelf(tmp_path / "ready"), models.load("chest-undefended", "cpu")
    changed = copy.deepcopy(vendor)
    with torch.no_grad():
        changed.head.bias += 1
        changed.blocks[-1].conv1.weight *= 2  # lies channels last
    shelf.keep(vendor, changed, "children", "miss")
    taken = shelf.take(vendor, "children", "miss")
    assert torch.allclose(taken.head.bias, changed.head.bias, atol=1e-2)
    assert torch.allclose(taken.blocks[-1].conv1.weight, changed.blocks[-1].conv1.weight, rtol=1e-2, atol=1e-4)
    other = copy.deepcopy(vendor)
    other.card = dataclasses.replace(vendor.card, sha256="another")
    with pytest.raises(ValueError, match="no ready-made model"):
        shelf.take(other, "children", "miss")
    shelf.keep(other, changed, "women", "miss")
    assert shelf.available() == (("women", "miss"),)


@pytest.mark.parametrize(
    ("results", "rows"), [(tampering.RESULTS, tampering.load), (backdoor.RESULTS, backdoor.load.__wrapped__)]
)
def test_rows_of_another_release_are_not_shown(results, rows, tmp_path):
    assert rows(results)
    told = json.loads(results.read_text(encoding="utf-8")) | {"sha256": "another"}
    path = tmp_path / "results.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert rows(path) == ()
