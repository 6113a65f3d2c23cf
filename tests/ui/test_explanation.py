"""What the explanation page says of an attack, and that a new film clears its table."""

from dataclasses import dataclass

import pytest

import imaging
from imaging import gallery
from ui.explanation.screen import told
from ui.explanation.table import Table
from ui.live.wishes import Film


@dataclass(frozen=True)
class Answer:
    prediction: str = "pneumonia"
    probability: float = 0.9


@dataclass(frozen=True)
class Case:
    aim: str
    answered: bool
    after: Answer = Answer()
    largest_change: float = 4.0


@pytest.mark.parametrize(
    ("aim", "answered", "begins"),
    [
        ("move", True, "The answer stays: pneumonia 90 %."),
        ("move", False, "The answer did not stay: pneumonia 90 %."),
        ("keep", True, "The answer flips: pneumonia 90 %."),
        ("keep", False, "The answer held: pneumonia 90 %."),
    ],
)
def test_the_outcome_in_words(aim, answered, begins):
    said = told(Case(aim, answered), "pneumonia")
    assert said.startswith(begins)
    assert said.endswith("No pixel changed by more than 4 of 255 grey levels.")


def test_another_film_clears_the_table_and_the_same_one_does_not():
    first, second = (Film.of(imaging.read(case.path)) for case in gallery.cases()[:2])
    table = Table()
    table.lay(first, "chest-undefended")
    table.attack("move", "upper left", 4.0)
    table.lay(first, "chest-undefended")
    assert table.attacking is False  # the map before it comes first
    assert table.turn.zone == "upper left"
    table.lay(second, "chest-undefended")
    assert table.turn is None
