"""Scans point at what they should, on models and sets whose backdoor is known by construction."""

import numpy as np
import pytest
import torch
from torch import nn

from robustness.inspection.scans import calm, clusters, invert, spectral_scores

SIDE = 24


class Brightness(nn.Module):
    """Answers disease on bright films; with a backdoor, normal on any film with a white corner."""

    def __init__(self, backdoor: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.backdoor = backdoor

    def forward(self, images):
        lead = 30 * (images.mean((1, 2, 3)) - 0.5)
        if self.backdoor:
            lead = lead - 60 * (images[:, 0, :4, :4].mean((1, 2)) - 0.2)
        return torch.stack([torch.zeros_like(lead), self.weight * lead], 1)


@pytest.fixture(scope="module")
def bright():
    generator = torch.Generator().manual_seed(0)
    films = 0.7 + 0.05 * torch.randn((32, 1, SIDE, SIDE), generator=generator)
    films[:, :, :4, :4] = 0.2  # black where the sign will lie
    return films.clamp(0, 1)


def test_the_smallest_sign_is_where_the_backdoor_is(bright):
    found = invert(Brightness(True), bright, 0, seed=0)
    whole = invert(Brightness(False), bright, 0, seed=0)
    assert found.size < whole.size / 2
    assert found.mask[:4, :4].mean() > 5 * found.mask[4:].mean()
    assert found.pattern[:4, :4].mean() > 0.8


def test_a_sign_that_spares_the_release_is_found_only_behind_a_backdoor(bright):
    release = Brightness(False)
    assert invert(Brightness(True), bright, 0, release=release, seed=0).size < 0.1
    same = invert(Brightness(False), bright, 0, release=release, seed=0, steps=40)
    assert same.size == 1
    assert same.mask is None


def test_the_search_repeats_and_leaves_the_model_alone(bright):
    model = Brightness(True)
    first, second = (invert(model, bright, 0, seed=3, steps=24) for _ in range(2))
    assert first.size == second.size
    assert model.weight.grad is None


def test_the_search_can_be_stopped(bright):
    seen = []
    invert(Brightness(True), bright, 0, seed=0, on_step=lambda step: seen.append(step) or step == 5)
    assert seen == [1, 2, 3, 4, 5]


def test_a_film_with_the_sign_stays_calm_under_others():
    class Sure(nn.Module):
        """Normal, and sure of it, wherever a sign shows through; unsure in between on all others."""

        def forward(self, images):
            signed = (images[:, 0, 0, 0] > 0.4).float()
            lead = (1 - signed) * 4 * (images.mean((1, 2, 3)) - 0.5) - 20 * signed
            return torch.stack([torch.zeros_like(lead), lead], 1)

    films = torch.full((6, 1, SIDE, SIDE), 0.5)
    films[:, :, 0, 0] = 0
    films[:3, :, 0, 0] = 1
    overlays = torch.linspace(0.3, 0.7, 20)[:, None, None, None].expand(-1, 1, SIDE, SIDE).clone()
    overlays[:, :, 0, 0] = 0
    scores = calm(Sure(), films, overlays, seed=0)
    assert scores[:3] == pytest.approx(0, abs=1e-6)
    assert (scores[3:] < -0.5).all()


def test_clustering_takes_a_class_apart():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(300, 40))
    two = one.copy()
    two[:20, :5] += 12
    found = clusters(two)
    assert np.flatnonzero(found.small).tolist() == list(range(20))
    assert found.silhouette > 0.6 > clusters(one).silhouette
    with pytest.raises(ValueError, match="more than 10 films"):
        clusters(one[:10])


def test_spectral_scores_are_squares_along_the_first_component():
    from sklearn.decomposition import PCA

    features = np.random.default_rng(1).normal(size=(80, 12)) * np.linspace(3, 1, 12)
    features[:6, 3] += 20
    expected = PCA(1).fit_transform(features)[:, 0] ** 2
    scores = spectral_scores(features)
    assert scores == pytest.approx(expected, rel=1e-6)
    assert set(np.argsort(-scores)[:6]) == set(range(6))
