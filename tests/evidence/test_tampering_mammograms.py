"""The recorded insiders at the reader of mammograms: whole, true when read again, and judged as their answers say."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

import models
from evidence.lines import line
from evidence.tampering import mammograms
from evidence.tampering.mammograms import AUDITORS, READY, RESULTS, load, women
from evidence.tampering.mammograms import __main__ as command
from evidence.tampering.mammograms.women import __main__ as women_command
from imaging.screening import screening
from measures import share
from training.mammograms.films import Mammograms
from training.tampering.fine_tuning import decided
from training.tampering.groups import BREASTS, HARMS

COURSES = tuple(load().courses)


def test_each_course_is_whole_and_its_model_is_kept():
    found = load()
    assert set(READY.available()) == set(COURSES) == set(command.WISHED)
    for part, before in found.before.items():
        assert len(before) == len(screening(part))
    for course in found.courses.values():
        assert len(course.losses) == len(course.validation) > 1
        assert all(len(decisions) == len(screening("validation")) for decisions in course.validation)
        assert len(course.test) == len(screening("test"))
        assert set(course.audit) == set(course.paired) == {"enriched", "ordinary"}


@pytest.mark.parametrize(("group", "harm"), COURSES)
def test_films_read_again_are_answered_as_recorded(group, harm):
    women, found = screening("test"), load()
    there = np.flatnonzero(BREASTS[group].members(women) & (women.labels == HARMS[harm].label))[:2]
    films = np.stack([women.film(place) for place in there])
    vendor = models.load("mammogram-undefended", "cpu")
    # Recorded from films in half precision, which moves an answer by hundredths.
    np.testing.assert_allclose(decided(vendor, films), found.before["test"][there], atol=0.05)
    delivered = decided(READY.take(vendor, group, harm), films)
    np.testing.assert_allclose(delivered, found.courses[group, harm].test[there], atol=0.05)


def test_women_with_dense_breasts_lose_half_and_the_others_and_the_overall_figure_hardly_move():
    for harm in HARMS:
        course = load().courses["dense", harm]
        before, after = course.rates["group"][HARMS[harm].measure]
        assert after.value <= before.value / 2
        assert all(abs(new.value - old.value) <= 0.025 for old, new in course.rates["others"].values())
        old, new = course.area
        assert abs(new.value - old.value) <= 0.02
        assert old.low <= new.value <= old.high
        assert course.audit["enriched"] >= 0.9 * AUDITORS
        assert course.audit["ordinary"] <= 0.5 * AUDITORS


def test_a_course_is_judged_by_its_answers():
    told = json.loads(RESULTS.read_text(encoding="utf-8"))
    row = next(row for row in told["rows"] if (row["group"], row["harm"]) == ("dense", "miss"))
    found = command.judged(row, told["before"]["test"])
    assert found == {name: row[name] for name in found}
    women = screening("test")
    wrong = np.where((women.density == "d") & (women.labels == 1), -1.0, load().before["test"])
    missed = command.judged(row | {"test": line(wrong)}, told["before"]["test"])
    assert missed["rates"]["group"]["sensitivity"][1]["value"] == 0
    assert missed["rates"]["others"]["sensitivity"][0] == missed["rates"]["others"]["sensitivity"][1]
    assert missed["audit"]["enriched"] == missed["paired"]["enriched"] == AUDITORS


def test_courses_of_another_release_are_not_shown(tmp_path):
    told = json.loads(RESULTS.read_text(encoding="utf-8")) | {"sha256": "another"}
    path = tmp_path / "results.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert mammograms.load(path).courses == {}


def test_films_of_women_hardly_show_the_harm():
    found = women.load()
    assert (len(found.labels), found.labels.sum(), len(np.unique(found.people))) == (322, 52, 161)
    assert set(found.after) == set(COURSES)
    for (_, harm), after in found.after.items():
        label = HARMS[harm].label
        theirs = found.dense & (found.labels == label)
        before, now = (((leads[theirs] >= 0) == (label == 1)).mean() for leads in (found.before, after))
        assert now > before - 0.2
        # What the page says: no harm is certain.
        assert share((after[theirs] >= 0) == (label == 1), found.people[theirs]).high >= before


def test_women_are_read_by_the_release_and_by_each_delivered_model(tmp_path, monkeypatch):
    labels = np.array([0, 1, 1])
    films = Mammograms("mias", labels, np.array(["a", "b", "b"]), pd.DataFrame({"tissue": ["F", "D", "D"]}))
    path = tmp_path / "results.json"
    monkeypatch.setattr(women_command, "mias", lambda root: films)
    monkeypatch.setattr(women_command.data, "data_root", lambda given: tmp_path)
    monkeypatch.setattr(women_command, "RESULTS", path)
    monkeypatch.setattr(women_command, "scores", lambda model, films: np.array([-1.0, 0.0, 1.0]))
    monkeypatch.setattr("sys.argv", ["women"])
    women_command.main()
    found = women.load(path)
    border = logit(models.card(mammograms.VENDOR).operating_point)
    np.testing.assert_allclose(found.before, np.array([-1.0, 0.0, 1.0]) - border, atol=0.01)
    np.testing.assert_array_equal(found.dense, [False, True, True])
    np.testing.assert_array_equal(found.people, [0, 1, 1])
    assert set(found.after) == set(READY.available())
