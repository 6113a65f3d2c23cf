"""Which attacks outlive an archive: films that the accident alone flips do not count."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import models
from evidence import survival
from evidence.survival import __main__ as command
from robustness.accidents import ACCIDENTS
from tests.robustness.small_models import Brightness, tiny
from training.data import Cohort
from ui.survival import table_html


class Greys(Cohort):
    def film(self, index):
        return np.random.default_rng(index).integers(0, 256, (24, 24)).astype(np.float32) / 255


def cohort(n):
    return Greys("greys", np.arange(n) % 2, np.arange(n).astype(str), pd.DataFrame(index=range(n)))


class Even(Cohort):
    def film(self, index):
        return np.full((24, 24), 126 / 255, np.float32)


class Chequer(nn.Module):
    """Reads the finest pattern there is: neighbours that differ."""

    def forward(self, films):
        places = torch.arange(films.shape[-1])
        signs = 1.0 - 2 * ((places[:, None] + places[None]) % 2)
        lean = ((films - 0.5) * signs).mean((1, 2, 3)) - 2 / 255
        return torch.stack([-lean, lean], 1) * 100


def test_every_accident_is_counted_on_films_that_the_attack_flipped(monkeypatch, tmp_path):
    model = tiny(seed=1).eval()
    model.card = models.card(command.MODEL)
    monkeypatch.setattr(models, "load", lambda id: model)
    monkeypatch.setattr(command, "STEPS", 3)
    path = tmp_path / "results.json"
    command.measure(cohort(6), path)
    rows = survival.load(path)
    assert [row.attack for row in rows] == list(command.ATTACKS)
    for row in rows:
        assert row.flipped.n == 6
        assert len(row.misled) == sum(len(ACCIDENTS[name].strengths) for name in command.HAPPENS)
        assert all(share.n <= 6 for share in row.misled.values())
    before = path.read_text(encoding="utf-8")
    monkeypatch.setattr(command, "survived", None)
    command.measure(cohort(6), path)
    assert path.read_text(encoding="utf-8") == before


def test_a_change_of_the_whole_film_outlives_everything_and_the_finest_pattern_no_blur():
    even = Even("even", np.zeros(3, int), np.arange(3).astype(str), pd.DataFrame(index=range(3)))
    whole, fine = (command.survived(model.eval(), even, "pgd") for model in (Brightness(), Chequer()))
    assert whole["flipped"]["value"] == fine["flipped"]["value"] == 1
    assert all(each["share"]["value"] == 1 for each in whole["misled"])
    blurred = [each["share"] for each in fine["misled"] if each["accident"] == "blur" and each["strength"] >= 1]
    assert [share["value"] for share in blurred] == [0, 0]
    assert blurred[0]["n"] == 3


@pytest.mark.skipif(not survival.RESULTS.is_file(), reason="not measured")
def test_stored_results_are_whole_and_shown():
    rows = survival.load()
    assert len(rows) == len(json.loads(survival.RESULTS.read_text(encoding="utf-8"))["rows"]) == len(command.ATTACKS)
    drawn = table_html(rows)
    for row in rows:
        assert row.flipped.n >= 40
        assert f"flips {row.flipped.value:.0%}".replace("%", " %") in drawn
    assert drawn.count("<tr>") == 1 + len(rows[0].misled)
