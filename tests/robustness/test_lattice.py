"""Snapping to the file's grey levels: nearest, storable, inside the budget."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from robustness import Lattice
from robustness.lattice import RESOLUTION

GREY = 255


def snap(lattice, images, reference, epsilon):
    """As attacks do it at every step."""
    reach = torch.as_tensor(epsilon, dtype=torch.float64).expand(len(images))
    return lattice.nearest(torch.clamp(images, *lattice.hull(reference, reach)))


def test_worked_by_hand():
    lattice = Lattice(np.array([0.0, 0.1, 0.2, 0.5, 1.0]))
    reference = torch.tensor([[0.1, 0.2, 0.2, 0.5, 1.0, 0.0]])
    images = torch.tensor([[0.19, 0.34, 0.36, 0.2, 0.7, 0.9]])
    assert lattice.nearest(images).tolist()[0] == pytest.approx([0.2, 0.2, 0.5, 0.2, 0.5, 1.0])
    assert snap(lattice, images, reference, 0.3).tolist()[0] == pytest.approx([0.2, 0.2, 0.5, 0.2, 1.0, 0.2])
    assert snap(lattice, images, reference, 0.05).tolist()[0] == pytest.approx([0.1, 0.2, 0.2, 0.5, 1.0, 0.0])


def test_a_whole_grey_level_fits_into_a_budget_of_one():
    lattice = Lattice(np.arange(256) / GREY)
    reference = lattice.levels[None]
    up = snap(lattice, reference + 1 / GREY, reference, 1 / GREY)
    assert torch.equal(up[0, :-1], lattice.levels[1:])
    assert up[0, -1] == 1
    assert torch.equal(snap(lattice, reference + 1 / GREY, reference, 0.99 / GREY), reference)


levels = st.one_of(
    st.integers(2, 5000).map(lambda n: np.linspace(0, 1, n)),
    st.tuples(st.integers(2, 400), st.floats(0.3, 3)).map(lambda pair: np.linspace(0, 1, pair[0]) ** pair[1]),
    st.lists(st.integers(0, 4095), min_size=2, max_size=60, unique=True).map(lambda k: np.sort(k) / 4095),
)


@settings(max_examples=60, deadline=None)
@given(levels, st.floats(0, 0.2), st.integers(0, 2**32 - 1))
def test_snapped_values_are_the_nearest_storable_ones_within_epsilon(values, epsilon, seed):
    rng = np.random.default_rng(seed)
    values = np.unique(values.astype(np.float32))
    values = values[np.concatenate([[True], np.diff(values) > 4 * RESOLUTION])]
    if len(values) < 2:
        return
    lattice = Lattice(values)
    reference = rng.choice(values, (2, 50))
    images = np.clip(reference + rng.uniform(-0.3, 0.3, reference.shape), 0, 1).astype(np.float32)
    snapped = snap(lattice, torch.tensor(images), torch.tensor(reference), epsilon).numpy()
    assert np.isin(snapped, values).all()
    assert np.abs(snapped - reference).max() <= epsilon + RESOLUTION + 1e-7
    allowed = np.abs(values[None, None] - reference[..., None].astype(np.float64)) <= epsilon
    best = np.where(allowed, np.abs(values[None, None] - images[..., None]), np.inf).min(axis=-1)
    cell = 1 / lattice._cells
    assert (np.abs(snapped - images) <= best + cell + 1e-6).all()


def test_epsilon_differs_film_by_film():
    lattice = Lattice(np.arange(256) / GREY)
    reference = torch.full((3, 1, 2, 2), 100 / GREY)
    snapped = snap(lattice, reference + 0.5, reference, torch.tensor([0.0, 2 / GREY, 7.5 / GREY]))
    assert torch.equal((snapped[:, 0, 0, 0] * GREY).round(), torch.tensor([100.0, 102.0, 107.0]))


def test_only_the_region_has_to_be_storable():
    lattice = Lattice(np.array([0.1, 0.5, 1.0]))
    film = torch.tensor([[[[0.0, 0.5], [0.1, 1.0]]]])  # black padding that no stored value shows
    region = torch.tensor([[False, True], [True, True]])
    low, high = lattice.hull(film, torch.tensor([0.5]), region)
    assert low[0, 0, 0, 1] == pytest.approx(0.1)
    assert high[0, 0, 0, 1] == 1
    with pytest.raises(ValueError, match="storable"):
        lattice.hull(film, torch.tensor([0.5]))


def test_moves_to_another_type_and_keeps_its_levels():
    lattice = Lattice(np.arange(4096) / 4095)
    double = lattice.to(torch.zeros(1, dtype=torch.float64))
    assert double.nearest(torch.tensor([0.3], dtype=torch.float64)).dtype == torch.float64
    assert torch.equal(double.levels.float(), lattice.levels)
    assert lattice.to(torch.zeros(1)) is lattice
