"""Several attacks on the same films: the worst score of each film counts, and the card tells it."""

import json

import numpy as np
import pandas as pd
import pytest

import models
from evidence import worst
from evidence.worst import __main__ as command
from tests.robustness.small_models import tiny
from training.data import Cohort
from ui.cards.card import card_html


class Greys(Cohort):
    def film(self, index):
        return np.random.default_rng(index).random((24, 24), dtype=np.float32)


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Results of six films and a tiny model, its scores under three short attacks."""
    model = tiny(seed=1).eval()
    model.card = models.card("chest-defended")
    monkeypatch.setattr(models, "load", lambda id: model)
    short = {"PGD": ("pgd", {"steps": 3}), "Square": ("square", {"steps": 5})}
    monkeypatch.setattr(command, "ATTACKS", short)
    cohort = Greys("greys", np.arange(6) % 2, np.arange(6).astype(str), pd.DataFrame(index=range(6)))
    command.measure(cohort, ["chest-defended"], tmp_path / "results.json")
    return tmp_path / "results.json", cohort


def test_the_worst_score_is_the_lowest_of_the_diseased_and_the_highest_of_the_others():
    scores = [np.array([1.0, 2.0, -3.0]), np.array([0.0, 3.0, -2.0])]
    assert worst.worst_of(np.array([1, 0, 0]), scores).tolist() == [0.0, 3.0, -2.0]


def test_no_single_attack_is_worse_than_all_of_them(stored):
    for pushed in worst.load(stored[0])["chest-defended"]:
        assert set(pushed.attacks) == {"PGD", "Square"}
        assert all(pushed.worst.value <= found.value for found in pushed.attacks.values())
        assert pushed.worst.n == 6


def test_what_is_there_is_not_measured_again(stored, monkeypatch):
    path, cohort = stored
    before = path.read_text(encoding="utf-8")
    monkeypatch.setattr(command, "attacked_scores", None)
    command.measure(cohort, ["chest-defended"], path)
    assert path.read_text(encoding="utf-8") == before
    with pytest.raises(SystemExit, match="other films or attacks"):
        command.measure(cohort.evenly(4), ["chest-defended"], path)


def test_half_a_measurement_is_not_shown(stored):
    path, _ = stored
    told = json.loads(path.read_text(encoding="utf-8"))
    half = path.with_name("half.json")
    half.write_text(json.dumps(told | {"rows": told["rows"][:3]}), encoding="utf-8")
    assert [pushed.level for pushed in worst.load(half)["chest-defended"]] == [2]


def test_stored_results_are_whole():
    found = worst.load()
    assert "chest-defended" in found
    rows = json.loads(worst.RESULTS.read_text(encoding="utf-8"))["rows"]
    assert len(rows) == sum(len(pushed.attacks) for every in found.values() for pushed in every)
    for pushed in found["chest-defended"]:
        assert pushed.worst.n >= 140
        assert len(pushed.attacks) == len(command.ATTACKS)


def test_the_card_tells_each_attack_and_the_worst():
    (pushed, *_) = worst.load()["chest-defended"]
    _, told = card_html(models.card("chest-defended")).split("Pushed by several attacks")
    assert f"<b>{pushed.worst.value:.3f}</b>" in told
    assert all(name in told for name in pushed.attacks)
    assert "Pushed by several attacks" not in card_html(models.card("mammogram-defended"))
