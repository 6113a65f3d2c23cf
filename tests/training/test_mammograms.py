"""Mammogram recipes at toy size: lesions stay where they are, women on one side, and only what is known teaches."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch

from models.networks import MammogramNet
from training import data
from training.loop import Adversary, Plan, train
from training.mammograms import folded, recipe
from training.mammograms.augment import augment, patches
from training.mammograms.films import Mammograms, folds, mias
from training.mammograms.phantoms import joined, mammogram_phantoms
from training.mammograms.pointing import Pointed, figures, point
from training.mammograms.pool import pool
from training.mammograms.recipe import REACH, Stage, further, learn
from training.mammograms.task import FindLesions, KnowLesions, Targets, _places

OPTIONS = {"size": (160, 96), "width": 4, "depths": (1, 1, 1, 1)}


@dataclasses.dataclass(frozen=True)
class Discs(Mammograms):
    """Toy breasts, half an ellipse; a bright disc is a cancer, a dark one benign."""

    films: tuple = ()
    masks: tuple = ()

    def film(self, index):
        return self.films[int(self.table.position[index])]

    def lesion(self, index):
        return self.masks[int(self.table.position[index])]


def discs(n, seed, height=200, width=150):
    rng = np.random.default_rng(seed)
    rows, columns = np.ogrid[:height, :width]
    breast = ((rows / height - 0.5) / 0.45) ** 2 + (columns / width / 0.7) ** 2 < 1
    kinds = np.arange(n) % 4  # 0, 2: nothing; 1: cancer; 3: benign
    films, masks = [], []
    for kind in kinds:
        film = np.where(breast, rng.uniform(0.3, 0.5, (height, width)), 0)
        row, column = rng.integers(60, 140), rng.integers(15, 60)
        mask = ((rows - row) ** 2 + (columns - column) ** 2 < 14**2) & (kind % 2 == 1)
        films.append((film + mask * (0.3 if kind == 1 else -0.2)).astype(np.float32))
        masks.append(mask)
    labels = (kinds == 1).astype(int)
    table = pd.DataFrame({"position": range(n), "lesion": kinds % 2, "located": True})
    people = np.array([f"{seed}-{i // 2}" for i in range(n)])
    return Discs("discs", labels, people, table, tuple(films), tuple(masks))


def toy(n=16, seed=0):
    torch.manual_seed(0)
    model = MammogramNet(**OPTIONS)
    return model, pool(discs(n, seed), model.prepare, 1.0)


def test_prepared_lesions_lie_where_the_bright_disc_is():
    _, films = toy()
    for index in np.flatnonzero(films.suspicious):
        inside = np.kron(films.lesions[index] > 200, np.ones((4, 4), bool))
        breast = np.kron(films.outlines[index] > 250, np.ones((4, 4), bool))
        shown = films.breasts[index].astype(float)
        assert shown[inside].mean() > shown[breast & ~inside].mean() + 40
    assert not films.lesions[films.lesion == 0].any()


def test_suspicious_films_are_drawn_as_often_as_all_others_and_benign_ones_among_them():
    _, films = toy(40)
    assert films.weights[films.suspicious == 1].sum() == pytest.approx(0.5)
    assert films.weights[(films.suspicious == 0) & (films.lesion == 1)].sum() == pytest.approx(1 / 6)
    some = films.where(np.arange(40) < 20)
    assert some.weights.sum() == pytest.approx(1)
    assert len(some.breasts) == 20


def batch(films, task, seed=0, n=12):
    model = MammogramNet(**OPTIONS)
    return task.batch(model, [films], n, np.random.default_rng(seed), torch.Generator().manual_seed(seed))


def test_augmentation_moves_the_lesion_with_the_film_and_repeats_by_seed():
    _, films = toy(40)
    first, targets = batch(films, FindLesions(), n=40)
    assert torch.equal(first, batch(films, FindLesions(), n=40)[0])
    assert first.min() >= 0
    assert first.max() <= 1
    brighter = []
    for film, lesion, outline, cancer in zip(first, targets.lesions, targets.outlines, targets.suspicious, strict=True):
        inside = torch.nn.functional.interpolate(lesion[None], film.shape[-2:])[0] > 0.9
        if cancer and inside.sum() > 20:
            brighter.append(film[inside].mean() > film[(outline > 0.99) & ~inside].mean())
    assert len(brighter) > 10
    assert np.mean(brighter) > 0.9


def test_patches_show_what_they_are_centred_on():
    breasts = torch.zeros(1, 1, 160, 96, dtype=torch.uint8)
    breasts[..., 40:60, 50:70] = 255
    lesions = torch.nn.functional.avg_pool2d(breasts.float(), 4).byte()
    centre = torch.tensor([[2 * 60 / 96 - 1, 2 * 50 / 160 - 1]])
    for seed in range(5):
        films, marked = patches(breasts, lesions, centre, 64, torch.Generator().manual_seed(seed))
        assert films.shape == (1, 1, 64, 64)
        assert marked.shape == (1, 1, 16, 16)
        assert marked[..., 6:10, 6:10].min() > 0.5
        assert films[..., 28:36, 28:36].mean() > films[..., :8, :8].mean() + 0.3


def test_outlines_of_augmented_breasts_hold_all_that_is_bright():
    breasts, outlines = torch.ones(3, 1, 80, 48), torch.ones(3, 1, 20, 12)
    films, shown, _ = augment(breasts, outlines, outlines, torch.Generator().manual_seed(1))
    assert (films[shown == 0] == 0).all()


def test_a_place_teaches_only_what_is_known_of_it():
    lesions = torch.zeros(3, 1, 16, 8)
    lesions[:, :, 4:8, 4:8] = 1  # one place of a map of 4 × 2
    targets = Targets(
        outlines=torch.ones(3, 1, 64, 32),
        lesions=lesions,
        suspicious=torch.tensor([1.0, 0.0, 1.0]),
        lesion=torch.tensor([1.0, 1.0, 1.0]),
        located=torch.tensor([1.0, 1.0, 0.0]),
    )
    heat = torch.zeros(3, 2, 4, 2, requires_grad=True)
    _places(heat, targets).backward()
    sign = heat.grad.sign()
    cancer, benign, lost = sign
    assert (cancer[:, 1, 1] == -1).all()  # up, in both layers
    assert benign[0, 1, 1] == -1  # any lesion: up
    assert benign[1, 1, 1] == 1  # malignant-looking: down
    assert (lost == 0).all()
    assert cancer[0].sum() == 7 - 1


@pytest.mark.parametrize("task", [KnowLesions(), FindLesions()])
@pytest.mark.parametrize("adversary", [None, Adversary(epsilon=2 / 255, steps=1, ramp_epochs=1)])
def test_training_learns_to_tell_cancers_and_resumes(task, adversary, tmp_path):
    model, films = toy(32)
    plan = Plan(epochs=2, films_per_epoch=32, rate=0.05, batch=8, average=0.5, adversary=adversary)
    first = train(model, [films], plan, tmp_path / "run.pt", task)
    again = train(MammogramNet(**OPTIONS), [films], plan, tmp_path / "run.pt", task)
    assert all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), again.state_dict().values(), strict=True))


def test_an_adversary_is_worse_than_chance_changes():
    model, films = toy(32)
    model.eval()
    task = FindLesions()
    shown, targets = batch(films, task, n=16)
    from training.loop import _perturb

    with torch.no_grad():
        plain = task.harm(model, shown, targets)
    harmed = _perturb(model, shown, targets, task, 4 / 255, 2, torch.Generator().manual_seed(0))
    assert (harmed - shown).abs().max() <= 4 / 255 + 1e-6
    with torch.no_grad():
        assert task.harm(model, harmed, targets) > plain


def test_folds_keep_both_breasts_of_a_woman_together_and_spread_the_cancers():
    cohort = discs(80, 3)
    fold_of = folds(cohort, 5)
    by_woman = pd.Series(fold_of).groupby(cohort.people).nunique()
    assert (by_woman == 1).all()
    cancers = [int(cohort.labels[fold_of == fold].sum()) for fold in range(5)]
    assert cancers == [4] * 5


class Bright(torch.nn.Module):
    """Calls the brightest place of the raster the lesion."""

    def __init__(self):
        super().__init__()
        self.network = MammogramNet(**OPTIONS)
        self.prepare, self.to_film, self.judge = self.network.prepare, self.network.to_film, self.network.judge
        self.saliency_layer = torch.nn.AvgPool2d(8)

    def heat(self, prepared):
        return 8 * self.saliency_layer(prepared).expand(-1, 2, -1, -1) - 8

    def forward(self, images):
        margin = self.judge(self.heat(self.prepare(images)[0]))[:, 1]
        return torch.stack([-margin / 2, margin / 2], dim=-1)


def test_a_map_that_finds_the_bright_disc_wins_the_pointing_game():
    cohort = discs(16, 5)
    found = point(Bright(), cohort, ["heat map", "occlusion"])
    assert len(found) == 2 * cohort.labels.sum()
    assert all(entry.hit for entry in found if entry.method == "heat map")
    assert all(0 < entry.chance < 0.3 for entry in found)


def test_figures_of_the_pointing_game():
    entries = [Pointed("m", True, 0.4, 0.1), Pointed("m", False, 0.2, 0.1)]
    hits, inside, chance = figures(entries, "set")
    assert (hits.measure, hits.value, hits.n) == ("pointing game, m", 0.5, 2)
    assert inside.value == pytest.approx(0.3)
    assert (chance.low, chance.value) == (pytest.approx(0.1), pytest.approx(0.1))


def test_cross_validation_judges_each_woman_by_a_model_that_has_not_seen_her():
    cohort = discs(40, 6)
    seen_by = []

    def trained_on(seen, fold):
        seen_by.append(seen)
        return Bright()

    result = folded.cross_validate(cohort, trained_on)
    assert result.name == "discs"
    assert (np.sum([~seen for seen in seen_by], axis=0) == 1).all()
    for seen in seen_by:
        assert not set(cohort.people[seen]) & set(cohort.people[~seen])
    assert result.margins[cohort.labels == 1].min() > np.median(result.margins)
    assert result.figures[0].group == "any lesion against none"


def test_phantoms_are_drawn_once_and_kept(tmp_path, monkeypatch):
    from training.mammograms import phantoms

    monkeypatch.setattr(phantoms, "KEPT", tmp_path)
    first = mammogram_phantoms(2, seed=9, size=96)
    assert first.film(0).shape == first.lesion(0).shape == (96, 72)
    assert first.labels.sum() == 1
    assert first.lesion(int(first.labels.argmax())).any()
    monkeypatch.setattr(phantoms, "_draw", None)
    again = mammogram_phantoms(2, seed=9, size=96)
    assert np.array_equal(again.film(1), first.film(1))
    both = joined([first, again])
    assert len(both) == 4
    assert np.array_equal(both.film(3), first.film(1))
    assert np.array_equal(both.lesion(2), first.lesion(0))


def test_a_stage_draws_on_the_first_films_alone_where_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "RUNS", tmp_path)
    drawn = []

    def remember(model, pools, plan, checkpoint, task):
        drawn.append([len(each.suspicious) for each in pools])
        return model

    monkeypatch.setattr(recipe, "train", remember)
    model, films = toy(16)
    plan = Plan(epochs=1, films_per_epoch=8, rate=0.01, batch=8)
    learn(
        [Stage("some", "Some", FindLesions(), plan, first=12), Stage("all", "All", FindLesions(), plan)],
        [films, films],
        model,
    )
    assert drawn == [[12, 16], [16, 16]]


def test_further_goes_on_in_the_direction_of_tuning():
    settled, grounded, tuned = (MammogramNet(**OPTIONS) for _ in range(3))
    for name, buffer in (pair for model in (settled, grounded, tuned) for pair in model.named_buffers()):
        if name.endswith("running_var"):
            buffer.uniform_(0.1, 2)
    reached = further(settled, grounded, tuned)
    for base, start, end, far in zip(*(m.parameters() for m in (settled, grounded, tuned, reached)), strict=True):
        torch.testing.assert_close(far - base, REACH * (end - start))
    for name, variance in reached.named_buffers():
        if name.endswith("running_var"):
            base, start, end = (model.get_buffer(name) for model in (settled, grounded, tuned))
            torch.testing.assert_close(variance, base * (end / start) ** REACH)
    back = further(grounded, grounded, tuned, reach=1.0)
    for end, far in zip(tuned.state_dict().values(), back.state_dict().values(), strict=True):
        torch.testing.assert_close(far, end)
    assert not any(
        torch.equal(a, b) for a, b in zip(tuned.parameters(), reached.parameters(), strict=True) if a.ndim > 1
    )


def test_mias_as_it_is_described():
    try:
        cohort = mias(data.data_root())
    except data.MissingDataError as error:
        pytest.skip(str(error))
    assert (len(cohort), cohort.labels.sum(), cohort.table.lesion.sum()) == (322, 52, 115)
    assert len(set(cohort.people)) == 161
    first = cohort.table.iloc[0]
    assert first.circles == ((598.0, 535.0, 197.0),)  # the row counts from the bottom
    assert cohort.lesion(0)[598, 535]
    assert not cohort.lesion(2).any()
    unknown = {cohort.table.path[i][-10:-4] for i in np.flatnonzero(~cohort.table.located.to_numpy(bool))}
    assert {"mdb059", "mdb216", "mdb233", "mdb245"} <= unknown
    mirrored = cohort.where(np.array([1, 0]))
    assert mirrored.lesion(1)[598, 535]
