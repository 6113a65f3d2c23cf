"""Features that nobody is in, and training that keeps its promise by the accountant and by the gradients."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.stats import norm

from measures import area
from robustness.membership import confidence, each_in_turn, separation
from training.private import scattering
from training.private.patients import Patients, by_patient, films_seen
from training.private.sgd import DELTA, PRIVATE, Plan, noise_for, spent, train

LENGTH = 30
PLAIN = Plan(steps=200, share=0.5, rate=2.0)
NOISY = Plan(steps=40, share=0.5, rate=2.0, clip=0.5)


def people(n, seed=0, signal=0.6):
    """Patients with one film each, whose label shows in the first feature."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    features = rng.normal(0, 1, (n, LENGTH))
    features[:, 0] += signal * (2 * labels - 1) * math.sqrt(LENGTH) / 4
    features = torch.from_numpy(features / math.sqrt(LENGTH)).float()
    return by_patient(features, labels, np.arange(n), most=1)


def margins(head, patients):
    return head(patients.features).squeeze(-1).numpy()[:, 0]


def exact(sigma, steps, delta=DELTA):
    """ε of `steps` Gaussian releases without sampling, in closed form (Balle and Wang, ICML 2018, theorem 8)."""
    mean = math.sqrt(steps) / sigma

    def excess(epsilon):
        tail = norm.logcdf(-mean / 2 - epsilon / mean) + epsilon
        return norm.cdf(mean / 2 - epsilon / mean) - math.exp(tail) - delta

    return brentq(excess, 0, 200)


@pytest.mark.filterwarnings("ignore:divide by zero")  # Opacus takes log(1 - share)
@pytest.mark.parametrize(("sigma", "steps"), [(5.0, 1), (20.0, 50), (10.0, 100)])
def test_the_accountant_agrees_with_the_closed_form(sigma, steps):
    told = spent(sigma, Plan(steps=steps, share=1.0, rate=1.0, clip=1.0))
    assert exact(sigma, steps) <= told <= exact(sigma, steps) + 0.02


@pytest.mark.parametrize("epsilon", [1.0, 3.0, 8.0])
def test_the_noise_of_a_promise_spends_no_more_than_it(epsilon):
    assert epsilon - 0.05 <= spent(noise_for(epsilon)) <= epsilon
    assert noise_for(epsilon) < noise_for(epsilon, Plan(PRIVATE.steps, 0.9, 1.0, 0.1))  # sampling hides who was drawn


def test_scattering_has_no_weights_to_learn_and_ignores_a_small_shift_of_tone():
    films = torch.rand(2, 1, 160, 160, generator=torch.Generator().manual_seed(0))
    features = scattering.scatter(films)
    assert features.shape == (2, scattering.LENGTH)
    brighter = scattering.scatter(films + 0.1)
    squares = (scattering.SIDE // scattering.SQUARE) ** 2
    torch.testing.assert_close(brighter[:, squares:], features[:, squares:], atol=0.03, rtol=0)
    assert (brighter[:, :squares] > features[:, :squares]).all()


def test_a_wave_is_seen_by_the_wavelet_of_its_scale_and_direction():
    column = torch.arange(scattering.SIDE)
    wave = 0.5 + 0.5 * torch.cos(2 * math.pi * column * 0.75 / 2 / 2)  # the centre of scale 1, along the columns
    film = wave.expand(1, 1, scattering.SIDE, scattering.SIDE)
    squares = (scattering.SIDE // scattering.SQUARE) ** 2
    features = scattering.scatter(film)[0]
    first, place = [], squares
    for scale in range(scattering.SCALES):
        first.append(features[place : place + scattering.ANGLES * squares].view(scattering.ANGLES, squares).mean(1))
        coarser = scattering.SCALES - 1 - scale
        place += (scattering.ANGLES + coarser * scattering.ANGLES**2) * squares
    assert divmod(int(torch.stack(first).argmax()), scattering.ANGLES) == (1, 0)


def test_films_are_seen_alike_alone_and_together():
    films = np.random.default_rng(0).integers(0, 256, (20, 64, 64), dtype=np.uint8)
    torch.testing.assert_close(films_seen(films)[17:18], films_seen(films[17:18]), atol=1e-4, rtol=1e-4)


def test_all_films_of_a_patient_stand_in_one_row_and_count_as_one():
    features = torch.arange(7.0)[:, None]
    patients = by_patient(features, np.array([1, 0, 1, 1, 1, 1, 1]), np.array(list("babbbba")), most=4)
    assert len(patients) == 2
    assert patients.features[0, :, 0].tolist() == [1, 6, 0, 0]
    assert patients.features[1, :, 0].tolist() == [0, 2, 3, 4]  # the fifth film of this patient is left out
    assert patients.weights.tolist() == [[0.5, 0.5, 0, 0], [0.25] * 4]
    assert patients.labels[0].tolist() == [0, 1, 0, 0]


def test_no_patient_pulls_harder_than_the_clip(monkeypatch):
    # Without noise one step on one patient moves the weights by clip × rate, however wild the films are.
    monkeypatch.setattr("training.private.sgd.noise_for", lambda epsilon, plan: 0.0)
    wild = Patients(torch.full((1, 3, LENGTH), 1e3), torch.ones(1, 3), torch.full((1, 3), 1 / 3))
    plan = Plan(steps=1, share=1.0, rate=1.0, clip=0.5)
    head = train(wild, epsilon=1.0, seed=0, plan=plan)
    length = torch.cat([head.weight.flatten(), head.bias]).norm()
    assert float(length) == pytest.approx(0.5, rel=1e-4)


def test_the_same_seed_makes_the_same_model_and_another_seed_another():
    patients = people(100)
    for epsilon, plan in ((None, PLAIN), (2.0, NOISY)):
        one, same, other = (train(patients, epsilon=epsilon, seed=seed, plan=plan) for seed in (1, 1, 2))
        assert torch.equal(one.weight, same.weight)
        assert not torch.equal(one.weight, other.weight)


def test_a_private_model_learns_from_many_and_less_from_few():
    test = people(2000, seed=1)
    labels = test.labels[:, 0].numpy()
    ordinary = area(labels, margins(train(people(2000), epsilon=None, seed=0, plan=PLAIN), test))
    many = area(labels, margins(train(people(2000), epsilon=2.0, seed=0, plan=NOISY), test))
    few = area(labels, margins(train(people(40), epsilon=2.0, seed=0, plan=NOISY), test))
    assert many > ordinary - 0.05
    assert few < many - 0.05


def test_a_small_set_gives_its_members_away_unless_a_promise_is_made():
    patients = people(60, signal=0.0)
    labels = patients.labels[:, 0].numpy()
    inside = np.random.default_rng(0).random((24, 60)) < 0.5
    found = {}
    for epsilon, plan in ((None, PLAIN), (1.0, NOISY)):
        heads = [
            train(patients.where(chosen), epsilon=epsilon, seed=seed, plan=plan, expected=30)
            for seed, chosen in enumerate(inside)
        ]
        sure = np.stack([confidence(margins(head, patients), labels) for head in heads])
        found[epsilon] = separation(inside[:8], each_in_turn(sure, inside, targets=8))
    assert found[None].low > 0.75
    assert found[1.0].value < 0.65
