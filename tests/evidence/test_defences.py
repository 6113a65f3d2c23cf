"""Defences, film by film: what is measured and kept, what the figures say of each, and what a detector is worth."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from torch import nn

import models
from evidence import defences
from evidence.defences import NONE, Reading, Results, Row, measuring
from evidence.defences import __main__ as command
from evidence.defences.referral import roc, stranger, trade
from evidence.defences.verdict import Verdict, judge, rival
from robustness.defences import DEFENCES, fits
from tests.robustness.files import film
from tests.robustness.small_models import Brightness
from training.data import Cohort

N = 200


def reading(wrong, n=N, suspicious=0):
    """Films of label 1, of which the first `wrong` are called healthy and the last `suspicious` referred."""
    called = np.arange(n) >= wrong
    suspicion = np.where(np.arange(n) >= n - suspicious, 2.0, 0.5 if suspicious else 0.0)
    return Reading(called, np.where(called, 1.0, -1.0), suspicion)


def row(defence, naive, aware, ordinary=0, n=N):
    readings = {"naive": {2.0: reading(naive, n)}, "aware": {2.0: reading(aware, n)}}
    return Row("chest-undefended", defence, np.ones(n, int), np.arange(n), reading(ordinary, n), **readings)


@pytest.mark.parametrize(
    ("naive", "aware", "said"),
    [
        (20, 40, Verdict.HOLDS),
        (20, 150, Verdict.LOOKS),
        (155, 158, Verdict.NOTHING),
        (160, 160, Verdict.NOTHING),
        (150, 120, Verdict.HELPS),
        (20, 185, Verdict.WORSE),
    ],
)
def test_the_verdict_is_that_of_the_attacker_who_knows(naive, aware, said):
    judged = judge(row("jpeg", naive, aware), row(NONE, 160, 160), 2.0)
    assert judged.verdict is said
    assert judged.saved.value == pytest.approx((160 - aware) / N)
    assert judged.saved.low <= judged.saved.value <= judged.saved.high


def test_an_ensemble_is_held_against_the_better_of_its_two_models():
    bare, twin = row(NONE, 160, 160), dataclasses.replace(row(NONE, 30, 30), model="chest-defended")
    found = {each.model: Results(each.model, "", "", "", (each,)) for each in (bare, twin)}
    both = row("ensemble", 90, 100)
    assert rival(both, found, 2.0) is twin
    assert judge(both, bare, 2.0).verdict is Verdict.HELPS
    assert judge(both, rival(both, found, 2.0), 2.0).verdict is Verdict.WORSE
    assert rival(row("jpeg", 90, 100), found, 2.0) is bare
    elsewhere = dataclasses.replace(twin, people=twin.people + 1)
    assert rival(both, {**found, twin.model: Results(twin.model, "", "", "", (elsewhere,))}, 2.0) is bare
    assert rival(both, {bare.model: found[bare.model]}, 2.0) is bare


def test_few_films_and_a_model_that_loses_nothing_say_nothing():
    assert judge(row("jpeg", 5, 6, n=12), row(NONE, 9, 9, n=12), 2.0).verdict is Verdict.FEW
    assert judge(row("jpeg", 0, 0), row(NONE, 3, 3), 2.0).verdict is Verdict.FEW
    # Three of five films saved: perhaps all of them, so it is not said that it does not help.
    assert judge(row("jpeg", 2, 2, n=100), row(NONE, 5, 5, n=100), 2.0).verdict is Verdict.FEW


def test_a_defence_that_loses_what_the_bare_model_keeps_makes_it_worse():
    assert judge(row("jpeg", 3, 140), row(NONE, 3, 3), 2.0).verdict is Verdict.WORSE


def test_films_that_the_bare_model_misread_before_the_attack_do_not_count():
    """A defence that only reads more films rightly on ordinary days is no shield."""
    bare, better = row(NONE, 160, 160, ordinary=60), row("jpeg", 160, 160, ordinary=0)
    judged = judge(better, bare, 2.0)
    assert judged.saved.n == N - 60
    assert judged.verdict is Verdict.NOTHING
    assert judged.cost.value == pytest.approx(-60 / N)
    with pytest.raises(ValueError, match="no film is read rightly"):
        judge(better, row(NONE, N, N, ordinary=N), 2.0)


def test_who_reads_everything_as_ill_or_refers_it_holds_nothing():
    labels, people = np.repeat([0, 1], [80, 120]), np.arange(N)
    right = labels == 1

    def under(called, suspicion):
        reading = Reading(called, np.ones(N), np.full(N, suspicion))
        return Row("chest-undefended", "x", labels, people, reading, {2.0: reading}, {2.0: reading})

    fallen = Reading(~right, np.ones(N), np.zeros(N))
    bare = Row(
        "chest-undefended", NONE, labels, people, Reading(right, np.ones(N), np.zeros(N)), {2.0: fallen}, {2.0: fallen}
    )
    assert judge(under(np.ones(N, bool), 0.0), bare, 2.0).verdict is Verdict.COSTLY
    assert judge(under(right, 2.0), bare, 2.0).verdict is Verdict.COSTLY


def detector(ordinary, altered):
    """A row that refers, by the suspicion of ordinary and of altered films, half of which are misread."""
    n = len(ordinary)
    called = np.arange(n) >= n // 2
    sure = Reading(np.ones(n, bool), np.ones(n), np.asarray(ordinary, float))
    misled = {2.0: Reading(called, np.where(called, 1.0, -1.0), np.asarray(altered, float))}
    strange = {"mammograms": np.full(5, 3.0), "upside down": np.array([0.5, 0.6, 1.5, 1.6])}
    return Row("chest-undefended", "features", np.ones(n, int), np.arange(n), sure, misled, misled, strange)


def test_a_roc_by_hand():
    """Of ten films the first five are turned: those are to be caught."""
    ordinary = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.2]
    looked = detector(ordinary, [0.25, 1.1, 1.3, 0.05, 1.4, *[9.0] * 5])
    found = roc(looked, looked.aware[2.0])
    above = np.mean([[a > o for a in (0.25, 1.1, 1.3, 0.05, 1.4)] for o in ordinary])
    assert found.area.value == pytest.approx(above)
    assert found.area.n == 15
    assert (found.found_at.value, found.found_at.n) == (0.6, 5)
    assert (found.false_alarms[0], found.found[0], found.false_alarms[-1], found.found[-1]) == (0, 0, 1, 1)


def test_few_turned_films_give_no_roc():
    looked = detector([0.1, 0.2, 0.3, 1.2], [0.25, 1.1, 1.3, 1.4])
    assert roc(looked, looked.aware[2.0]) is None


def test_a_detector_that_sees_nothing_has_half_the_area():
    looked = detector(np.tile([0.2, 0.8], 20), np.tile([0.2, 0.8], 20))
    assert roc(looked, looked.naive[2.0]).area.value == 0.5


def test_films_of_another_kind_are_told_from_ordinary_ones():
    looked = detector([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4])
    referred, area = stranger(looked, "mammograms")
    assert (referred.value, referred.n, area.value) == (1.0, 5, 1.0)
    referred, area = stranger(looked, "upside down")
    assert (referred.value, referred.n, area.value) == (0.5, 4, 1.0)


def test_what_is_left_wrong_as_films_are_referred():
    n = 40
    row = detector(np.full(n, 0.1), np.where(np.arange(n) < n // 2, 0.9, 0.1))  # the misread half is the suspicious one
    found = trade(row, row.aware[2.0])
    assert found.coverage[-1] == 1.0
    assert found.risk[-1] == 0.5
    assert (found.at(0.5).value, found.at(0.5).n) == (0.0, 20)


@pytest.fixture
def bare():
    model = Brightness(border=0.5)
    model.card = dataclasses.replace(models.card("chest-undefended"), id="small", operating_point=0.5)
    return model.eval().requires_grad_(False)


@pytest.fixture
def films():
    """Eight films around the border of `Brightness`, with the labels that it gives them."""
    images = torch.tensor(np.stack([film(24, 24, seed) for seed in range(8)]), dtype=torch.float32)[:, None]
    means = torch.tensor([0.44, 0.48, 0.495, 0.499, 0.501, 0.505, 0.52, 0.56])
    images = (images - images.mean((1, 2, 3), keepdim=True)) * 0.2 + means[:, None, None, None]
    return measuring.Films(images, (means > 0.5).long())


def wrong_in(found, films):
    """Which films each stored reading calls wrongly, by its name."""
    called = {key: np.array(entry["called"].split()) == "1" for key, entry in found.items()}
    return {key: each != films.labels.numpy().astype(bool) for key, each in called.items()}


@pytest.mark.parametrize("slope", [10.0, 400.0])
def test_the_aware_attacker_does_no_worse_than_the_naive_one_nor_than_within_less(bare, films, slope, monkeypatch):
    """The steep model loses every film to the naive attacker, and nothing is left for the other one to do."""
    monkeypatch.setattr(measuring, "STEPS", 5)
    made = measuring.hoped(bare, films)
    if slope == 400.0:
        made = dict.fromkeys(made, films.images + (1 - 2 * films.labels[:, None, None, None]) * 0.2)
    for name in (NONE, "bit_depth"):
        wrong = wrong_in(measuring.measured(bare, name, films, made), films)
        for level in measuring.LEVELS:
            assert not (wrong[f"naive {level}"] & ~wrong[f"aware {level}"]).any()
        assert not (wrong["aware 1"] & ~wrong["aware 2"]).any()
        assert not (wrong["aware 2"] & ~wrong["aware 4"]).any()
    assert wrong["aware 4"].sum() > wrong["ordinary"].sum()
    assert wrong["aware 4"].all() == (slope == 400.0)


def test_a_lucky_draw_spares_no_film_the_attack(bare, films, monkeypatch):
    """A defence that draws anew is attacked on every film, and read with other noise before and after."""
    monkeypatch.setattr(measuring, "STEPS", 2)
    asked, seeds, attacked, read = [], [], measuring.attacked, measuring.read

    def watched(model, films, level, chosen, others, **how):
        asked.append(chosen.all())
        return attacked(model, films, level, chosen, others, **how)

    monkeypatch.setattr(measuring, "attacked", watched)
    monkeypatch.setattr(measuring, "read", lambda *given: seeds.append(given[2]) or read(*given))
    measuring.measured(bare, "smoothing", films, dict.fromkeys(measuring.LEVELS, films.images))
    assert all(asked)
    assert len(asked) == len(measuring.LEVELS)
    assert {measuring.UNTOUCHED, measuring.ATTACKED} < set(seeds)


def test_a_film_that_is_referred_serves_better_the_less_suspicious_it_is(bare, films):
    shifted = {share: films.images.clone() + share for share in (0.0, 0.3, 0.4)}

    class Watchful(nn.Module):
        refers, card = True, bare.card

        def forward(self, images):
            return torch.cat([images.mean((1, 2, 3))[:, None], bare(images)], 1)

        def suspicion(self, logits):
            return 1 + logits[:, 0]

    healthy = films.labels == 0
    best = measuring._best(Watchful(), films, list(shifted.values()))
    assert torch.equal(best[healthy], shifted[0.3][healthy])  # called wrongly, and the less suspicious of two
    assert torch.equal(best[~healthy], shifted[0.0][~healthy])  # nothing turns them


def test_altered_films_stay_within_their_level(bare, films, monkeypatch):
    monkeypatch.setattr(measuring, "STEPS", 5)
    for level, images in measuring.hoped(bare, films).items():
        assert (images - films.images).abs().max() <= level / 255 + 1e-6


def test_a_referred_film_is_not_misled(bare, films):
    class Cautious(nn.Module):
        refers, card = True, bare.card

        def forward(self, images):
            return torch.cat([torch.full((len(images), 1), 50.0), bare(images)], 1)

        def suspicion(self, logits):
            return logits[:, 0] / 10

    assert not measuring._misled(Cautious(), films, films.images).any()
    assert measuring.read(Cautious(), films.images, seed=0).referred.all()


def test_rounding_never_moves_a_film_over_the_threshold():
    near = Reading(np.ones(2, bool), np.ones(2), np.array([1 + 1e-7, 1 - 1e-7]))
    stored = [float(value) for value in measuring.told(near)["suspicion"].split()]
    assert stored[0] > 1 > stored[1]


@pytest.fixture
def run(monkeypatch, tmp_path, bare):
    """The command with nothing measured: returns what was asked for, and the stored rows."""
    asked = []

    def measured(_bare, name, films, _made):
        asked.append(name)
        entry = measuring.told(Reading(np.ones(len(films.labels), bool), np.ones(len(films.labels)), np.zeros(1)))
        return dict.fromkeys(("ordinary", "naive 1", "aware 1"), entry)

    monkeypatch.setattr(models, "load", lambda id, device: bare)
    monkeypatch.setattr(command, "hoped", lambda *_: {})
    monkeypatch.setattr(command, "measured", measured)

    def go(n, folder=tmp_path):
        asked.clear()
        films = np.stack([film(16, 16, seed) for seed in range(n)]).astype(np.float32)
        cohort = Stack("kermany", np.arange(n) % 2, np.arange(n).astype(str), None, films)
        command.measure("chest-undefended", ("jpeg", "median"), cohort, cohort, folder / "chest-undefended.json")
        return list(asked), json.loads((folder / "chest-undefended.json").read_text(encoding="utf-8"))

    return go


@dataclasses.dataclass(frozen=True)
class Stack(Cohort):
    """Films in memory."""

    films: np.ndarray

    def film(self, index):
        return self.films[index]


def test_a_second_run_measures_nothing(run):
    first, _ = run(8)
    again, stored = run(8)
    assert first == ["none", "jpeg", "median"]
    assert again == []
    assert len(stored["rows"]) == 3


def test_other_films_begin_anew_and_what_is_stored_is_loaded(run, tmp_path):
    run(8)
    asked, stored = run(6)
    assert len(asked) == len(stored["rows"]) == 3
    assert stored["made_by"].endswith("--films 6")
    (found,) = defences.load(tmp_path)
    assert found.made_by == stored["made_by"]
    assert [row.defence for row in found.rows] == ["none", "jpeg", "median"]
    assert found.bare.defence == NONE
    assert len(found.rows[0].labels) == 6
    assert list(found.rows[0].aware) == [1.0]


def test_what_was_measured_with_other_fits_is_measured_again(run, monkeypatch):
    run(8)
    monkeypatch.setattr(fits, "operating_point", lambda model, defence: 0.7 if defence == "jpeg" else None)
    again, stored = run(8)
    assert again == ["jpeg"]
    assert [row["defence"] for row in stored["rows"]] == ["none", "jpeg", "median"]


def test_nothing_measured_says_what_to_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="run python -m"):
        defences.load(tmp_path)


def test_what_was_fitted_to_other_weights_is_not_used(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(fits, "FITS", tmp_path)
    fits.save_numbers("small", bare.card.sha256, {"operating_point": {"jpeg": 0.7}, "threshold": {"squeezing": 0.5}})
    assert DEFENCES["jpeg"](bare).card.operating_point == 0.7
    bare.card = dataclasses.replace(bare.card, sha256="other")
    assert DEFENCES["jpeg"](bare).card.operating_point == 0.5
    with pytest.raises(ValueError, match="was not fitted"):
        DEFENCES["squeezing"](bare)
