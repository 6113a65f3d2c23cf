"""The matrix counts films on which the attack worked; a film is measured as it stands alone; stored rows are whole."""

import pytest

import imaging
import models
from evidence.explanations import Carried, Cell, load, matrix
from evidence.explanations.__main__ import carried
from evidence.explanations.results import RESULTS
from evidence.files import keep, read
from imaging import gallery
from robustness import METHODS
from robustness.explanations import AIMS
from ui.explanation.carry import table_html


def row(case, words, answered=True):
    return Carried(case, "move", "grad_cam", answered, words)


def test_the_matrix_counts_only_films_on_which_the_attack_worked():
    rows = [
        row("a", {"grad_cam": "yes", "occlusion": "yes"}),
        row("b", {"grad_cam": "yes", "occlusion": "in part"}),
        row("c", {"grad_cam": "yes", "occlusion": "yes"}, answered=False),
        row("d", {"grad_cam": "no", "occlusion": "yes"}),
    ]
    found = matrix(rows, "move")
    assert found["grad_cam", "grad_cam"] == Cell(2, 0, 4)
    assert found["grad_cam", "occlusion"] == Cell(1, 1, 2)
    assert matrix(rows, "keep") == {}


def test_stored_rows_are_whole():
    rows = load()
    assert len({(row.case, row.aim, row.attacked) for row in rows}) == len(rows)
    assert {row.aim for row in rows} == set(AIMS)
    for row in rows:
        assert set(row.words) == set(METHODS)


def test_rows_of_a_film_that_was_drawn_anew_are_not_shown(tmp_path):
    told = read(RESULTS)
    told["rows"][0]["film"] = "0" * 64
    del told["rows"][1]["film"]
    keep(tmp_path / "results.json", told)
    assert load(tmp_path / "results.json") == load()[2:]


@pytest.mark.parametrize("aim", AIMS)
def test_the_table_names_every_map(aim):
    html = table_html(load(), aim)
    for method in METHODS.values():
        assert html.count(method.title) >= 2


def test_one_film_gives_a_word_for_each_map():
    case = next(case for case in gallery.cases() if case.modality == "chest")
    found = carried(models.load("chest-undefended", "cpu"), imaging.read(case.path), "move", "grad_cam", "upper left")
    assert set(found["words"]) == set(METHODS)
    assert found["words"]["grad_cam"] in ("yes", "no")


def test_the_table_names_the_maps_that_mostly_went_along():
    both = {"grad_cam": "yes", "integrated_gradients": "no", "smooth_grad": "no", "occlusion": "yes"}
    rows = [row(case, both) for case in "abc"]
    assert "Maps that mostly went along: Occlusion with Grad-CAM." in table_html(rows, "move")
    assert "3 of 9 cases" in table_html(rows, "move")
    assert "Maps that mostly went along: none." in table_html(rows[:2], "move")
