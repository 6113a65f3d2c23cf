"""The page that tells defences that hold from those that only look so."""

import pytest

from evidence.defences import Misled, Row
from measures import rate
from ui.defences import table_html, verdict


def row(defence, naive, aware, n=200):
    return Row(
        "chest-undefended",
        defence,
        right=rate(180, n),
        referred=rate(0, n),
        naive={2.0: Misled(rate(naive, n), rate(0, n))},
        aware={2.0: Misled(rate(aware, n), rate(4, n))},
    )


BARE = row("none", 160, 160)


@pytest.mark.parametrize(
    ("naive", "aware", "said"),
    [
        (20, 150, "Only looks safe"),
        (150, 155, "Does not help"),
        (20, 40, "Holds, so far"),
        (20, 80, "Helps a little, or too few films to say"),
    ],
)
def test_the_verdict_is_that_of_the_attacker_who_knows(naive, aware, said):
    assert verdict(row("jpeg", naive, aware), BARE, 2.0) == said


def test_each_defence_stands_beside_the_bare_model():
    drawn = table_html([BARE, row("jpeg", 20, 150)], 2.0)
    assert "No defence" in drawn
    assert "JPEG compression" in drawn
    assert "<b>80 %</b> <span>74 % – 85 %</span>" in drawn
    assert "referred: 2 %" in drawn
    assert "Only looks safe" in drawn
