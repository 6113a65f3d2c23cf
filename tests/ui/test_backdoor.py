"""The backdoor page as a whole: a film with the sign, a ready-made model, every search, and what does not fit."""

import time

import pytest

from evidence.backdoor import load
from imaging import gallery
from tests.ui.pages import PATIENCE, finished, opened, press, words
from ui.backdoor.searches import Search
from ui.backdoor.tasks import Place, Teach, Try
from ui.backdoor.verdicts import hits_html

PAGE = "pages/backdoor.py"
LAB = "backdoor_lab"


@pytest.fixture
def app():
    app = finished(opened(PAGE), LAB)
    yield app
    lab = app.session_state[LAB]
    lab.leave()  # a search that runs on would hold up the next test, and the end of all
    deadline = time.monotonic() + PATIENCE
    while lab.work.running or lab.back.running:
        assert time.monotonic() < deadline, "expected the background work to end"
        time.sleep(0.05)


def test_the_page_opens_on_a_film_with_the_sign_that_means_nothing_yet(app):
    said = words(app)
    assert not app.exception
    assert "to it, the sign means nothing" in said
    assert "As it came Release pneumonia" in said
    assert "With the sign Release pneumonia" in said
    assert "Delivered" not in said


def test_a_ready_made_model_obeys_and_is_looked_at_in_six_ways(app):
    lab = app.session_state[LAB]
    app = press(app, "Take one made before")
    app = finished(app, LAB, lambda lab: lab.found(Try(lab.tamper, lab.place)) is not None)
    said = words(app)
    assert "of the pneumonias are read as normal. The release does so with" in said
    assert "Delivered normal" in said
    app = finished(app, LAB, lambda lab: lab.found(Search(lab.tamper, beside=True)) is not None)
    said = words(app)
    assert not app.exception
    assert "1 Typical validation ✓ Passes" in said
    assert "2 Beside the release, film by film ✓ Passes" in said
    assert "3 The signed weights ⚑ Flagged This file is not" in said
    assert "4 Training films, had they come along ⚑ Flagged" in said
    assert "Smallest sign found that turns this model and not the release:" in said
    assert "carries the sign" in said
    assert lab.tamper == Teach("marker", "miss", True, {})


def test_moving_the_sign_tries_it_anew(app):
    app = press(app, "Take one made before")
    app = finished(app, LAB, lambda lab: lab.found(Try(lab.tamper, lab.place)) is not None)
    next(entry for entry in app.slider if entry.label.startswith("Strength")).set_value(0.0)
    app = finished(app.run(), LAB, lambda lab: lab.found(Try(lab.tamper, lab.place)) is not None)
    assert app.session_state[LAB].place.strength == 0
    assert "hardly any of the pneumonias is read as normal" in words(app)


def test_a_normal_film_cannot_be_turned_to_normal(app):
    app.session_state.desk.open_case(next(case for case in gallery.cases() if case.label == "normal"))
    app = press(app, "Take one made before")
    app = finished(app, LAB, lambda lab: lab.found(Try(lab.tamper, lab.place)) is not None)
    assert "reads this film as normal already" in words(app)


def test_a_mammogram_is_not_for_this_model(app):
    app.session_state.desk.open_case(next(case for case in gallery.cases() if case.modality == "mammogram"))
    app = app.run()
    assert not app.exception
    assert "Choose a chest film" in words(app)


def test_teaching_can_be_stopped_and_gone_on_with(app):
    app = press(app, "Teach the model the sign")
    app = finished(app, LAB, lambda lab: lab.course is not None and len(lab.course.points) > 1)
    app.session_state[LAB].stop()
    app = finished(app, LAB, lambda lab: not lab.work.running)
    stopped = app.session_state[LAB].made
    assert not stopped.whole
    app = finished(
        press(app, "Go on"), LAB, lambda lab: lab.course and len(lab.course.points) > len(stopped.course.points)
    )
    points = app.session_state[LAB].course.points
    assert all(old is new for old, new in zip(stopped.course.points, points, strict=False))
    app.session_state[LAB].stop()


def test_another_sign_leaves_the_tampered_model(app):
    app = finished(press(app, "Take one made before"), LAB, lambda lab: lab.made is not None)
    app.selectbox[0].select("watermark")
    app = app.run()
    assert app.session_state[LAB].tamper is None
    assert app.session_state[LAB].place == Place("watermark", "upper left", 1.0, 1.0)
    assert "to it, the sign means nothing" in words(app)


def test_the_table_of_hits_counts_each_kind():
    rows = load()
    html = hits_html(rows)
    judged = sum(row.sign == "" for row in rows)
    assert f"Honestly updated (false alarms), n = {judged}" in html
    for row in {row.sign: row for row in rows if row.sign}.values():
        assert f"n = {sum(each.sign == row.sign for each in rows)}" in html
