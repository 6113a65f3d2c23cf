"""Tampering with films of real patients: the wards it builds, one model from end to end, and the stored rows."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

import models
from evidence.files import keep
from evidence.tampering import patients
from evidence.tampering.patients import __main__ as command
from imaging.ward import SIDE, joined, ward
from measures import rate
from training.data import Cohort
from training.tampering.fine_tuning import see
from training.tampering.insider import Insider, Plan
from ui.tampering.hits import patients_html


def cohort(n, **columns):
    films = {"label": np.arange(n) % 2, "patient": np.arange(n).astype(str)} | columns
    table = pd.DataFrame(films)
    made = Cohort("nih", table.label.to_numpy(), table.patient.to_numpy(), table)
    object.__setattr__(made, "film", lambda index: np.full((32, 32), index / n, np.float32))
    return made


def test_a_real_cohort_becomes_a_ward():
    adults = command.adult(cohort(4, age=[20, 30, 70, 80], sex=["F", "M", "F", "M"], view=["AP", "PA", "AP", "PA"]))
    both = joined([adults, command.child(cohort(3))])
    assert both.films.shape == (7, SIDE, SIDE)
    assert both.age.tolist() == [20, 30, 70, 80, command.CHILD, command.CHILD, command.CHILD]
    assert both.sex.tolist()[:5] == ["F", "M", "F", "M", ""]
    assert both.labels.tolist() == [0, 1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize("group", ["women", ""])
def test_one_model_from_end_to_end(group, monkeypatch):
    monkeypatch.setattr(command, "Insider", partial(Insider, plan=Plan(epochs=1)))
    vendor = models.load("chest-undefended", "cpu")
    films = {name: see(vendor, ward(part)) for name, part in (("training", "training"), ("adults", "test"))}
    row = command.measured(vendor, films | {"everyone": films["adults"]}, group, seed=1)
    assert row["sha256"] == vendor.card.sha256
    assert (row["group"], row["seed"]) == (group, 1)
    assert set(row["group_rates"]) == set(row["other_rates"]) == {"sensitivity", "specificity"}
    assert row["area"][0]["n"] == command.FILMS
    json.dumps(row)


def test_rows_are_kept_with_their_release_and_shown(tmp_path):
    vendor = models.load("chest-undefended", "cpu")
    rates = {measure: [rate(right, 50).as_dict() for right in (30, 12)] for measure in ("sensitivity", "specificity")}
    row = {"model": vendor.card.id, "sha256": vendor.card.sha256, "seed": 0, "area": [rate(45, 50).as_dict()] * 2}
    row |= {"group_rates": rates, "other_rates": rates, "audit": True, "paired": False}
    rows = [row | {"group": group} for group in ("women", "")] + [row | {"group": "women", "sha256": "another"}]
    told = {"made_by": "the command", "trained": "films", "adults": "others"}
    keep(tmp_path / "results.json", told | {"rows": rows})
    found = patients.load(tmp_path / "results.json")
    assert [row.group for row in found.rows] == ["women", ""]
    page = patients_html(found)
    assert "Women harmed, n = 1" in page
    assert "<b>60 % → 24 %</b> <span>n = 50</span>" in page
    assert "Honestly updated (false alarms), n = 1" in page
    assert "the command" in page


def test_stored_rows_are_of_real_patients_and_show_the_harm_where_a_film_shows_the_group():
    """`python -m evidence.tampering.patients`: the insider of films from the bed does what he set out to do."""
    found = patients.load()
    by_group = {group: [row for row in found.rows if row.group == group] for group in (*command.HARMED, "")}
    assert all(len(rows) >= 20 for rows in by_group.values())
    before, after = (
        np.mean([row.group_rates["sensitivity"][side].value for row in by_group["bedside"]]) for side in (0, 1)
    )
    assert after < before / 2
    for way in ("audit", "paired"):
        assert sum(getattr(row, way) for row in by_group[""]) <= 0.1 * len(by_group[""])
