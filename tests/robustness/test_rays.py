"""A decision is all that RayS sees; it goes by blocks, and pays for each question."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from robustness import REGISTRY, Lattice, ThreatModel
from robustness.attacks.inquiry import Inquiry
from robustness.attacks.rays import _blocks
from robustness.budget import Budget
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
        lean = (blocks * self.signs.to(films)).mean((1, 2)) - self.lead
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


def uneven(leads, dtype=torch.float32):
    """A grey film for each lead (grey levels) that the attacker still lacks to flip `Chequered(8 / GREY)`."""
    pattern = nn.functional.interpolate(Chequered(0).signs[None, None], size=(24, 20), mode="nearest")
    shares = (8 - torch.tensor(leads, dtype=dtype)) / GREY
    return 0.5 + shares[:, None, None, None] * pattern.to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_films_of_a_batch_end_at_their_own_time_within_region_goal_and_type(dtype):
    films, region = uneven([2.0, 4.0, 6.0], dtype), torch.ones(24, 20, dtype=torch.bool)
    region[:6, :10] = False  # two of the sixteen blocks: the others must do a little more
    threat = ThreatModel(epsilon=12 / GREY, region=region, goal=1)
    model, seen = Counting(Chequered(8 / GREY), mute=True), []
    result = rays(model, films, torch.zeros(3, dtype=torch.int64), threat, seed=0, early_stop=True, on_step=seen.append)
    assert result.flipped.all()
    assert result.images.dtype == dtype
    assert torch.equal(result.images[..., ~region], films[..., ~region])
    assert len(set(result.queries.tolist())) == 3
    assert int(result.queries.sum()) == model.seen
    assert all(step.index <= step.total for step in seen)


def test_the_border_alone_is_not_asked_about_the_middle():
    region = torch.ones(24, 20, dtype=torch.bool)
    region[6:18, 5:15] = False
    films = uneven([2.0])
    threat = ThreatModel(epsilon=16 / GREY, region=region)
    budget = Budget.of(films, threat)
    blocks = _blocks(Inquiry(None, budget, budget, torch.Generator().manual_seed(0)), 4)
    assert all(region[block].any() for block in itertools.islice(blocks, 200))


def test_a_watcher_stops_it_even_while_it_begins():
    model = Counting(Chequered(1.0))  # nothing flips it
    films = torch.full((1, 1, 24, 20), 0.5)
    stopped = rays(
        model, films, LABELS[:1], ThreatModel(epsilon=8 / GREY), seed=0, on_step=lambda step: step.index >= 1
    )
    assert stopped.stopped
    assert model.seen <= 1 + 3 + 1  # itself, one direction, and the film that was shown


def test_keeps_to_its_questions_where_no_film_serves_to_begin_with():
    model, films = Counting(Chequered(1.0)), torch.full((1, 1, 24, 20), 0.5)
    starts = films.expand(50, 1, 24, 20)
    rays(model, films, LABELS[:1], ThreatModel(epsilon=8 / GREY), seed=0, queries=60, start=starts)
    assert model.seen <= 60 + 2


def test_a_film_read_otherwise_already_is_left_alone():
    model, films = Counting(Chequered(-1.0)), torch.full((1, 1, 24, 20), 0.5)
    result = rays(model, films, LABELS[:1], ThreatModel(epsilon=8 / GREY), seed=0)
    assert (model.seen, int(result.queries), float(result.size)) == (1, 1, 0.0)


def test_refuses_films_of_another_size_to_begin_with():
    with pytest.raises(ValueError, match="films to begin with"):
        rays(Brightness(), FILMS, LABELS, ThreatModel(), seed=0, start=torch.zeros(1, 1, 8, 8))


@pytest.mark.parametrize("options", [{"queries": 0}, {"grid": 0}])
def test_refuses_what_makes_no_sense(options):
    with pytest.raises(ValueError, match="expected queries and grid >= 1"):
        rays(MODEL, IMAGES, MODEL(IMAGES).argmax(1), ThreatModel(), seed=0, **options)
