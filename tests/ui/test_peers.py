"""The block that sets our attacks beside other libraries'."""

import re

from evidence import peers
from evidence.peers import Row
from tests.ui.pages import opened, words
from ui.peers import ENOUGH, table_html

ROW = Row(
    "How many <films>?",
    "*strongest* against theirs",
    "≤ theirs",
    "10 %",
    "12 %",
    "−2 points",
    1200,
    {"accuracy": True, "time": False},
    "python -m this",
)


def test_a_row_shows_n_and_says_which_part_of_the_goal_was_missed():
    drawn = table_html((ROW,))
    assert "<td>1200</td><td>accuracy yes<br>time no</td>" in drawn
    assert "How many &lt;films&gt;?" in drawn
    assert "<th>strongest against theirs</th>" in drawn
    assert "0 of 1 comparisons" in drawn


def test_the_models_page_shows_every_comparison_on_enough_films():
    app = opened("pages/model_zoo.py")
    assert not app.exception
    said = words(app)
    for row in [row for row in peers.load() if row.n >= ENOUGH]:
        assert re.sub("[,;] ", " ", f"{row.theirs} {row.paired} {row.n} {row.verdict}").replace("  ", " ") in said
