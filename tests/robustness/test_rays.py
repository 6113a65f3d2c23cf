"""A decision is all that RayS sees; it goes by blocks, and pays for each question."""

import numpy as np
import pytest
import torch
from torch import nn

from robustness import REGISTRY, Lattice, ThreatModel
from tests.robustness.small_models import Brightness
from tests.robustness.test_agreement import IMAGES, MODEL
from tests.robustness.test_hop_skip_jump import FILMS, GREY, LABELS, Counting

rays = REGISTRY["rays"]


class Chequered(nn.Module):
    """Reads a film by the sum of its 4 × 4 blocks with signs of a chequerboard: each sign counts alike."""

    def __init__(self, lead: float) -> None:
        super().__init__()
        self.lead = lead
        self.signs = torch.tensor([[1.0, -1.0] * 2, [-1.0, 1.0] * 2] * 2)

    def forward(self, films):
        blocks = nn.functional.adaptive_avg_pool2d(films - 0.5, 4)[:, 0]
        lean = (blocks * self.signs).mean((1, 2)) - self.lead
        return torch.stack([-lean, lean], 1) * 50


def test_finds_nearly_the_nearest_corner_and_keeps_to_its_questions():
    """The nearest flip turns every block to the model's own sign: no more than `lead` is needed then."""
    films, model = torch.full((2, 1, 24, 20), 0.5), Counting(Chequered(4 / GREY), mute=True)
    result = rays(model, films, torch.zeros(2, dtype=torch.int64), ThreatModel(epsilon=16 / GREY), seed=0, queries=250)
    assert result.flipped.all()
    assert (result.size * GREY >= 4 - 1e-3).all()
    assert (result.size * GREY < 4.8).all()
    assert int(result.queries.sum()) == model.seen
    assert (result.queries < 250 + 30).all()


def test_scores_play_no_part():
    threat = ThreatModel(epsilon=12 / GREY)
    loud, mute = (rays(Counting(Brightness(), mute), FILMS, LABELS, threat, seed=1) for mute in (False, True))
    assert loud.flipped.all()
    assert torch.equal(loud.images, mute.images)
    assert torch.equal(loud.queries, mute.queries)


def test_amounts_between_grey_levels_still_count():
    """Three and a half grey levels of an 8-bit file: half of the pixels take four, half three."""
    films = torch.full((1, 1, 24, 20), 128 / GREY)
    threat = ThreatModel(epsilon=4 / GREY, lattice=Lattice(np.arange(256) / GREY))
    model = Chequered(3.5 / GREY)
    result = rays(model, films, torch.zeros(1, dtype=torch.int64), threat, seed=0, queries=400)
    change = (result.images - films).abs() * GREY
    assert result.flipped.all()
    assert set(change.round().flatten().int().tolist()) == {3, 4}


def test_begins_at_the_film_that_is_given_or_else_at_random():
    threat, start = ThreatModel(epsilon=8 / GREY), torch.full((1, 1, 24, 20), 0.9)
    told = rays(Counting(Brightness()), FILMS, LABELS, threat, seed=0, start=start, early_stop=True)
    assert told.flipped.all()
    assert told.queries.tolist() == [1 + 1 + 6 + 1] * 2  # itself, an eighth that way, six halvings, and the film shown
    useless = rays(
        Counting(Brightness()), FILMS, LABELS, threat, seed=0, start=torch.zeros_like(start), early_stop=True
    )
    assert useless.queries.min() > told.queries.max()


def test_early_stop_spares_questions():
    threat = ThreatModel(epsilon=12 / GREY)
    stopped, whole = (
        rays(Brightness(), FILMS, LABELS, threat, seed=0, queries=300, early_stop=early) for early in (True, False)
    )
    assert stopped.flipped.all()
    assert stopped.queries.sum() < whole.queries.sum()
    assert (whole.size <= stopped.size + 1e-6).all()


@pytest.mark.parametrize("options", [{"queries": 0}, {"grid": 0}])
def test_refuses_what_makes_no_sense(options):
    with pytest.raises(ValueError, match="expected queries and grid >= 1"):
        rays(MODEL, IMAGES, MODEL(IMAGES).argmax(1), ThreatModel(), seed=0, **options)
