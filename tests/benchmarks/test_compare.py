"""Every attack has the same judge, and the peers are built as the benchmark says."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torchattacks

from benchmarks import peers, pgd, score_queries
from benchmarks.compare import against, fill, lists
from benchmarks.ledger import Ledger
from benchmarks.measure import Films
from tests.robustness.files import film
from tests.robustness.small_models import Brightness, tiny

EPSILON = 4 / 255
NAMES = ["a", "b", "c", "d"]


@pytest.fixture
def model():
    found = tiny(seed=1)
    found.card = SimpleNamespace(classes=("normal", "pneumonia"), operating_point=0.5)
    return found


@pytest.fixture
def films(model):
    images = torch.tensor(np.stack([film(32, 28, seed) for seed in range(4)]), dtype=torch.float32)[:, None]
    return Films(NAMES, images, torch.zeros(4, dtype=torch.int64)).as_read(model)


class Counted(torch.nn.Module):
    """Counts how often each film of a batch is asked about."""

    def __init__(self, model):
        super().__init__()
        self.model, self.card, self.asked = model, model.card, 0

    def forward(self, images):
        self.asked += len(images)
        return self.model(images)


def test_a_flip_outside_the_budget_does_not_count(tmp_path):
    model = Brightness()
    images = torch.full((2, 1, 4, 4), 0.5 - 2 / 255)
    attacks = {
        "inside": lambda films, labels: films + 4 / 255,
        "outside": lambda films, labels: films + 5 / 255,
        "idle": lambda films, labels: films,
    }
    ledger = Ledger("test", {}, tmp_path)
    fill(ledger, "part", model, Films(["a", "b"], images, torch.zeros(2, dtype=torch.int64)), attacks, EPSILON, 2)
    assert ledger.of("part")[0]["lost"] == {"inside": [1, 1], "outside": [0, 0], "idle": [0, 0]}


def test_attacks_take_turns_and_a_second_run_adds_only_what_is_missing(tmp_path, model, films):
    called = []
    attacks = {name: lambda shown, labels, name=name: called.append(name) or shown for name in ("ours", "theirs")}
    ledger = Ledger("test", {}, tmp_path)
    fill(ledger, "part", model, Films(NAMES[:2], films.images[:2], films.labels[:2]), attacks, EPSILON, 1)
    assert called == ["ours", "theirs", "theirs", "ours"]
    called.clear()
    fill(Ledger("test", {}, tmp_path), "part", model, films, attacks, EPSILON, 10)
    assert called == ["ours", "theirs"]
    assert lists(Ledger("test", {}, tmp_path).of("part")) == {
        "films": "a b c d",
        "lost": {"ours": "0000", "theirs": "0000"},
    }


def test_figures_of_two_batches():
    batches = [
        {"lost": {"ours": [1, 1], "theirs": [1, 0]}, "seconds": {"ours": 1.0, "theirs": 4.0}},
        {"lost": {"ours": [0], "theirs": [0]}, "seconds": {"ours": 2.0, "theirs": 2.0}},
    ]
    found = against(batches, "ours", "theirs")
    assert (found["ours"]["value"], found["theirs"]["value"]) == (0.6667, 0.3333)
    assert (found["only_ours"], found["only_theirs"]) == (1, 0)
    assert found["seconds_a_film"] == {"ours": 1.0, "theirs": 2.0}
    assert (found["time_ratio"]["value"], found["time_ratio"]["n"]) == (0.5, 2)
    robust = against(batches, "ours", "theirs", held=True)
    assert (robust["ours"]["value"], robust["theirs"]["value"]) == (0.3333, 0.6667)
    assert robust["difference"]["value"] == -0.3333


@pytest.mark.parametrize("steps", [1, 5])
def test_every_pgd_flips_the_same_films(tmp_path, model, films, steps):
    options = {"steps": steps, "step_size": 1 / 255}
    attacks = {
        "ours": lambda shown, labels: pgd.ours(model, shown, labels, epsilon=EPSILON, early_stop=True, **options)
    }
    attacks |= peers.projected_gradient_descent(model, EPSILON, **options)
    ledger = Ledger("test", {}, tmp_path)
    fill(ledger, "part", model, films, attacks, EPSILON, 4)
    (batch,) = ledger.of("part")
    assert set(attacks) == {"ours", "torchattacks", "foolbox", "ART"}
    assert all(lost == batch["lost"]["ours"] for lost in batch["lost"].values())


def test_both_squares_ask_as_often_about_a_film_that_holds(model, films):
    mine, theirs = Counted(model), Counted(model)
    score_queries.ours(mine, 1e-6, questions=30)(films.images[:1], films.labels[:1])
    attack = peers.square(theirs, 1e-6, questions=30)
    attack.init_hyperparam(films.images)
    attack.attack_single_run(films.images[:1], films.labels[:1])
    assert mine.asked == theirs.asked == 30


def test_two_classes_have_no_difference_of_logits_ratio(model, films):
    with pytest.raises(IndexError):
        torchattacks.APGD(model, eps=EPSILON, steps=2, loss="dlr")(films.images, films.labels)


def test_auto_attack_of_two_classes_runs_through_all_of_its_parts(model, films):
    attack = peers.auto_attack(model, 1e-6, steps=2, questions=3)
    assert [part.attack for part in attack.attacks] == ["APGD", "FAB", "Square"]
    altered = attack(films.images, films.labels)
    assert (altered - films.images).abs().max() <= 2e-6
    stronger = peers.auto_attack(model, 32 / 255, steps=10, questions=3)(films.images, films.labels)
    assert (model(stronger).argmax(1) != films.labels).any()
