"""When an attack may leave a film that it will not flip."""

import math

import torch

from robustness.attacks.pace import LEAST_ASKED, LOOK_BACK, OPTIMISM, Doublings, Pace

STEPS = 20
QUESTIONS = 500


def run(leads):
    """Step at which a film with these margins is left, or None."""
    pace = Pace(1, [1.0] * STEPS)
    for index, lead in enumerate(leads):
        if bool(pace.too_slow(torch.tensor([0]), torch.tensor([float(lead)]), index)):
            return index
    return None


def test_a_film_that_stands_still_is_left_as_soon_as_that_can_be_seen():
    assert run([-2.0] * STEPS) == LOOK_BACK


def test_a_film_that_will_make_it_at_this_pace_is_kept():
    assert run([-2 + 2.1 * index / STEPS for index in range(STEPS)]) is None


def test_a_film_far_too_slow_is_left_and_one_just_too_slow_is_kept_at_first():
    assert run([-2 + 0.5 / OPTIMISM * index / STEPS for index in range(STEPS)]) == LOOK_BACK
    assert run([-2 + 1.9 * index / STEPS for index in range(STEPS // 2)]) is None


def test_a_step_back_is_no_loss_since_the_best_counts():
    assert run([-2, -1.5, -1.0, -0.5, -0.9]) is None


def test_films_that_have_left_the_batch_keep_their_places():
    pace = Pace(3, [1.0] * STEPS)
    for index in range(LOOK_BACK):
        pace.too_slow(torch.arange(3), torch.tensor([-3.0, -3 + index, -3.0]), index)
    told = pace.too_slow(torch.tensor([1, 2]), torch.tensor([-0.5, -3.0]), LOOK_BACK)
    assert told.tolist() == [False, True]


def ask(lead):
    """Question after which a random search whose best margin is `lead(asked)` leaves a film, or None."""
    pace = Doublings(2, QUESTIONS)
    for asked in range(1, QUESTIONS + 1):
        if bool(pace.too_slow(torch.tensor([1]), torch.tensor([float(lead(asked))]), asked)):
            return asked
    return None


def test_a_search_that_stands_still_is_left_once_its_pace_is_more_than_chance():
    assert ask(lambda asked: -2.0) == LEAST_ASKED


def test_a_search_that_gains_as_much_with_each_doubling_is_kept_if_that_leads_there():
    assert ask(lambda asked: 0.01 + 0.4 * math.log2(asked / QUESTIONS)) is None


def test_a_search_that_needs_more_than_thrice_its_pace_is_left():
    doublings = math.log2(QUESTIONS / LEAST_ASKED)
    assert ask(lambda asked: -OPTIMISM * doublings * 0.1 - 0.01 + 0.1 * math.log2(asked / LEAST_ASKED)) == LEAST_ASKED
    assert ask(lambda asked: -OPTIMISM * doublings * 0.1 + 0.01 + 0.1 * math.log2(asked / LEAST_ASKED)) != LEAST_ASKED
