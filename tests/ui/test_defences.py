"""The page that tells defences that hold from those that only look so, and what those that refer are worth."""

from xml.etree import ElementTree

import numpy as np
import pytest

from evidence.defences import NONE, Reading, Results, Row
from robustness.defences import DEFENCES
from ui.defences import referring
from ui.defences.pictures import picture_svg
from ui.defences.table import table_html

N = 200


def reading(wrong, suspicion=0.0):
    called = np.arange(N) >= wrong
    return Reading(called, np.where(called, 1.0, -1.0), np.full(N, suspicion))


def row(defence, naive, aware):
    under = {"naive": {2.0: reading(naive)}, "aware": {2.0: reading(aware)}}
    return Row("chest-undefended", defence, np.ones(N, int), np.arange(N), reading(0), **under)


def drawn(*rows):
    results = Results("chest-undefended", "python -m evidence.defences", "kermany-224/test", "Auto-PGD", rows)
    return table_html({"chest-undefended": results}, "chest-undefended", 2.0)


def test_each_defence_stands_beside_the_bare_model():
    page = drawn(row(NONE, 160, 160), row("jpeg", 20, 150))
    assert "No defence" in page
    assert "JPEG compression" in page
    assert "<b>80 %</b> <span>74 % – 85 %</span>" in page
    assert "Only looks safe" in page
    assert "Of 200 films, the bare model loses 160; of 100, 5 fewer are lost (2 to 9)." in page
    assert "python -m evidence.defences" in page


def test_a_defence_that_makes_it_worse_says_what_it_costs():
    page = drawn(row(NONE, 160, 160), row("jpeg", 20, 190))
    assert "Makes it worse" in page
    assert "of 100, 15 more are lost (10 to 21)." in page


@pytest.fixture
def detector():
    """Refers half of the films of a naive attacker, none of an aware one's; misread films are the suspicious ones."""
    ordinary = Reading(np.arange(N) >= 10, np.ones(N), np.linspace(0.9, 0.1, N))
    caught = Reading(np.arange(N) >= 100, np.ones(N), np.linspace(1.5, 0.5, N))
    passed = Reading(np.arange(N) >= 100, np.ones(N), np.linspace(0.1, 0.9, N))
    return Row(
        "chest-undefended",
        "features",
        np.ones(N, int),
        np.arange(N),
        ordinary,
        {2.0: caught},
        {2.0: passed},
        {"mammograms": np.full(20, 3.0)},
    )


def test_what_a_detector_catches_and_lets_pass(detector):
    curves = {referring.NAIVE: referring.roc(detector, detector.naive[2.0])}
    curves[referring.AWARE] = referring.roc(detector, detector.aware[2.0])
    told = referring._sentence(detector, curves, 2.0)
    assert "refers <b>0 %</b> <small>(0 % – 2 %, n 200)</small> of ordinary films" in told
    assert "<b>100 %</b> <small>(96 % – 100 %, n 90)</small> of those by one who does not know it" in told
    assert "<b>0 %</b>" in told
    picture = referring.roc_svg(curves)
    assert 'role="img"' in picture
    assert "attacker knows it: area 0.28" in picture


def test_what_each_answer_costs(detector):
    readings = {referring.EVERYDAY: detector.ordinary, referring.NAIVE: detector.naive[2.0]}
    told = referring._left(detector, readings)
    assert "without an attacker from 5 % to <b>0 %</b>" in told
    assert "does not know it from 50 % to <b>38 %</b>" in told
    assert "no attacker: 5 % wrong if all are read" in referring.trade_svg(detector, readings)


def test_films_of_another_kind_have_a_line_each(detector):
    page = referring._strange(detector)
    assert "mammograms" in page
    assert "<b>100 %</b>" in page
    assert "1.00 (" in page


def test_every_defence_has_a_picture_of_its_own_told_in_words():
    drawn = {name: picture_svg(name) for name in DEFENCES}
    assert len(set(drawn.values())) == len(DEFENCES)
    for name, defence in DEFENCES.items():
        ElementTree.fromstring(drawn[name])
        assert 'aria-label="film, then ' in drawn[name]
        assert ("radiologist" in drawn[name]) == (defence.room == "refer")
