"""Certified curves: what they count, and that what is stored is whole."""

import json

import numpy as np
import pytest
import torch

import models
from evidence import certified
from evidence.certified import ABSTAINED, Certified
from evidence.certified import __main__ as command
from training.data import Cohort
from ui.cards.card import card_html
from ui.markup import share_html


def example(people=None):
    labels, answers = np.array([1, 1, 0, 0, 1]), np.array([1, 1, 0, 1, ABSTAINED])
    people = np.arange(5) if people is None else people
    radii = np.array([0.5, 0.2, 0.3, 0.6, 0.0])
    return Certified("m", 0.25, 1000, 0.001, 100 * 100, labels, people, answers, radii)


def test_only_right_and_certain_films_count():
    found = example()
    assert [found.right_beyond(radius).value for radius in (0, 0.2, 0.25, 0.4, 0.55)] == [0.6, 0.6, 0.4, 0.2, 0]
    assert found.abstained.value == pytest.approx(0.2)
    assert found.right_beyond(0).n == 5


def test_films_of_one_patient_count_as_fewer_than_films_of_strangers():
    strangers, related = example().right_beyond(0.2), example(np.array([0, 0, 1, 1, 1])).right_beyond(0.2)
    assert strangers.value == related.value
    assert related.high - related.low > strangers.high - strangers.low


def test_a_radius_is_told_as_an_even_change_of_every_pixel():
    assert example().levels(1) == pytest.approx(255 / 100)


class Bright(torch.nn.Module):
    """Sure that a bright film is diseased: a linear model of its mean."""

    noise = 0.1

    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.tensor(1000.0))

    def forward(self, images):
        lead = self.gain * (images.mean((1, 2, 3)) - 0.5)
        return torch.stack([-lead / 2, lead / 2], dim=1)


class Bars(Cohort):
    def film(self, index):
        return np.full((8, 8), 0.7 if self.labels[index] else 0.3, np.float32)


def test_a_row_holds_each_film_and_its_radius(monkeypatch):
    monkeypatch.setattr(models, "load", lambda id: Bright())
    row = command.certified("bright", Bars("bars", np.array([0, 1]), np.array(["a", "b"]), None))
    assert row["answers"] == "0 1"
    assert row["sigma"] == 0.1
    # A thousand agreeing copies bound the share from below by 0.001 ** (1 / 1000).
    assert [float(radius) for radius in row["radii"].split()] == pytest.approx([0.2463, 0.2463], abs=1e-3)


def test_stored_results_are_whole():
    told = json.loads(certified.RESULTS.read_text(encoding="utf-8"))
    found = certified.load()
    assert {each.model for each in found} == {id for id in models.ids() if models.card(id).options.get("noise")}
    assert len(found) == len(told["rows"])
    for each in found:
        assert len(each) == len(each.answers) == len(each.radii) >= 50
        assert (each.radii[each.answers == ABSTAINED] == 0).all()
        assert (each.radii[each.answers != ABSTAINED] > 0).all()
        assert each.right_beyond(0).value > 0.6


def test_the_card_says_what_is_certain_when_copies_vote():
    found = next(each for each in certified.load() if each.model == "chest-noise-25")
    _, told = card_html(models.card("chest-noise-25")).split("What is certain when 1,000 noisy copies vote")
    for radius in (0, 0.1, 0.25, 0.5):
        assert share_html(found.right_beyond(radius)) in told
    assert "What is certain when" not in card_html(models.card("chest-defended"))
