"""The checks for a hidden gradient: what is stored, and how a card tells it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

import models
from evidence import masking
from evidence.masking import __main__ as command
from tests.robustness.small_models import tiny
from training.data import Cohort
from ui.cards.card import card_html


class Greys(Cohort):
    def film(self, index):
        return np.random.default_rng(index).random((24, 24), dtype=np.float32)


def test_a_row_holds_every_check_on_films_that_the_model_reads_rightly(monkeypatch):
    model = tiny(seed=1).eval()
    model.card = models.card("chest-undefended")
    monkeypatch.setattr(models, "load", lambda id: model)
    nobody = np.zeros(12, int)
    cohort = Greys("greys", nobody, nobody.astype(str), pd.DataFrame(index=range(12)))
    films = torch.tensor(np.stack([cohort.film(index) for index in range(12)]))[:, None]
    called = models.decision_logits(model, model(films)).argmax(1).numpy()
    row = command.checked("chest-undefended", replace(cohort, labels=called), 3)
    assert len(row["signs"]) == 5
    assert all(sign["stronger"]["n"] <= 3 for sign in row["signs"])
    assert torch.tensor(row["surface"]).shape == (17, 17)


def test_stored_results_are_whole():
    found = masking.load()
    assert set(found) == set(models.ids())
    assert len(json.loads(masking.RESULTS.read_text(encoding="utf-8"))["rows"]) == len(found)
    for checked in found.values():
        assert len(checked.signs) == 5
        assert all(sign.stronger.n >= 10 for sign in checked.signs)
        assert all(sign.held == (sign.missed <= 0.02 * sign.stronger.n) for sign in checked.signs)


def test_a_card_tells_the_outcome():
    for id, checked in masking.load().items():
        _, told = card_html(models.card(id)).split("Does it resist, or only hide its gradient?")
        told = told.split("</table>")[0]
        assert ("No sign of it was found" in told) == checked.honest
        assert told.count("⚑") == sum(not sign.held for sign in checked.signs) + (not checked.honest)


def test_a_model_that_was_not_checked_says_nothing(monkeypatch):
    monkeypatch.setattr(masking, "load", dict)
    assert "hide its gradient" not in card_html(models.card("chest-undefended"))
