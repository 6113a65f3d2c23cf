"""How a training went, on the model's card."""

from dataclasses import replace

import models
from models.catalogue import Course
from ui.cards.card import card_html


def test_each_stage_is_told_and_drawn():
    courses = (Course("Whole breasts", 0.0, (0.9, 0.6, 0.5)), Course("Attacked", 0.5, (0.8, 0.7)))
    told = card_html(replace(models.card("mammogram-defended"), courses=courses))
    assert "0.90 to 0.50" in told
    assert "0.5 of 255" in told
    assert "not attacked" in told
    assert told.count('class="chart course"') == 2
    assert "Whole breasts: the loss goes from 0.90 to 0.50." in told


def test_a_training_that_nobody_wrote_down_is_said_to_be_one():
    told = card_html(replace(models.card("mammogram-defended"), courses=()))
    assert "was not written down" in told
