"""A decision is all that HopSkipJump sees, and it pays for each one."""

import pytest
import torch
from torch import nn

from robustness import REGISTRY, ThreatModel
from tests.robustness.small_models import Brightness
from tests.robustness.test_agreement import IMAGES, MODEL

GREY = 255
FILMS = torch.full((2, 1, 24, 20), 0.5) - torch.tensor([2.0, 5.0])[:, None, None, None] / GREY
LABELS = torch.zeros(2, dtype=torch.int64)


class Counting(nn.Module):
    """Counts the films that it is shown, and says no more than its decision if told so."""

    def __init__(self, inner: nn.Module, mute: bool = False) -> None:
        super().__init__()
        self.inner, self.mute, self.seen = inner, mute, 0

    def forward(self, films):
        self.seen += len(films)
        logits = self.inner(films)
        return nn.functional.one_hot(logits.argmax(1), logits.shape[1]).to(films) if self.mute else logits


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_finds_nearly_the_nearest_flip_and_keeps_to_its_questions(norm):
    threat, model = ThreatModel(norm=norm, epsilon=16 / GREY), Counting(Brightness())
    result = REGISTRY["hop_skip_jump"](model, FILMS, LABELS, threat, seed=0, queries=400, grid=4)
    assert result.flipped.all()
    assert (result.size * GREY > torch.tensor([2.0, 5.0]) - 1e-3).all()
    assert (result.size * GREY < torch.tensor([3.0, 7.5])).all()
    assert int(result.queries.sum()) == model.seen
    assert (result.queries < 400 + 24 * 5 + 20).all()


def test_scores_play_no_part():
    threat = ThreatModel(epsilon=12 / GREY)
    loud, mute = (
        REGISTRY["hop_skip_jump"](Counting(Brightness(), mute), FILMS, LABELS, threat, seed=1, queries=200, grid=4)
        for mute in (False, True)
    )
    assert loud.flipped.all()
    assert torch.equal(loud.images, mute.images)
    assert torch.equal(loud.queries, mute.queries)


def test_begins_at_the_film_that_is_given():
    start = torch.cat([FILMS[:1], torch.full((1, 1, 24, 20), 0.9)])  # the first is no flip, the second is one
    threat = ThreatModel(epsilon=8 / GREY)
    model = Counting(Brightness())
    result = REGISTRY["hop_skip_jump"](model, FILMS, LABELS, threat, seed=0, start=start, early_stop=True)
    assert result.flipped.all()  # straight down the line to an even film, with not one pattern asked about
    assert result.queries.tolist() == [1 + 1 + 2 + 6 + 1] * 2


def test_early_stop_spares_questions():
    threat = ThreatModel(epsilon=12 / GREY)
    spared, whole = (
        REGISTRY["hop_skip_jump"](Brightness(), FILMS, LABELS, threat, seed=0, queries=300, grid=4, early_stop=early)
        for early in (True, False)
    )
    assert spared.flipped.all()
    assert (spared.queries < whole.queries).all()
    assert (whole.size <= spared.size).all()


def test_a_film_that_no_start_flips_comes_back_unflipped():
    labels = MODEL(IMAGES).argmax(1)
    start = IMAGES[:1]
    result = REGISTRY["hop_skip_jump"](MODEL, IMAGES, labels, ThreatModel(), seed=0, start=start)
    assert not result.flipped.any()
    assert result.queries.tolist() == [3] * len(IMAGES)


@pytest.mark.parametrize("options", [{"queries": 0}, {"grid": 0}, {"probe": 1.0}, {"keep": 1.0}])
def test_options_that_make_no_sense(options):
    with pytest.raises(ValueError, match="expected queries, questions and grid >= 1"):
        REGISTRY["hop_skip_jump"](MODEL, IMAGES, MODEL(IMAGES).argmax(1), ThreatModel(), seed=0, **options)
