"""The measures of realism know what they are shown: slopes, histograms, and films that can or can't be told apart."""

import json

import numpy as np
import pytest
from PIL import Image

from evidence.realism import __main__ as command
from evidence.realism import chests, mammograms, statistics, telling
from evidence.realism.conspicuity import contrasts
from evidence.realism.films import Comparison
from imaging import phantoms
from training import data


def noise(n, beta, seed, side=128):
    """Films whose power falls as 1 / f^beta."""
    rng = np.random.default_rng(seed)
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.rfftfreq(side), indexing="ij")) * side
    shape = np.maximum(f, 1) ** (-beta / 2)
    fields = [np.fft.irfft2(np.fft.rfft2(rng.standard_normal((side, side))) * shape) for _ in range(n)]
    return np.stack([np.rint(127 + 30 * field / field.std()).clip(0, 255).astype(np.uint8) for field in fields])


@pytest.mark.parametrize("beta", [1.0, 2.0, 3.0])
def test_the_slope_of_noise_is_the_one_it_was_made_with(beta):
    assert statistics.slopes(noise(12, beta, 0), (3, 30)).mean() == pytest.approx(beta, abs=0.15)


def test_the_spectrum_finds_a_wave():
    x = np.arange(128)
    wave = np.rint(127 + 90 * np.sin(2 * np.pi * 17 * x / 128))[None, None, :].repeat(128, 1).astype(np.uint8)
    assert statistics.spectra(wave)[0].argmax() == 17


def test_a_histogram_is_compared_without_its_brightness_and_contrast():
    real = noise(8, 2, 1)
    paler = np.rint(60 + real * 0.5).astype(np.uint8)
    own, other = statistics.histogram_distances(Comparison("x", real, paler))
    assert other.mean() == pytest.approx(own.mean(), rel=0.25)
    halves = np.where(real > 127, 200, 40).astype(np.uint8)
    own, other = statistics.histogram_distances(Comparison("x", real, halves))
    assert other.min() > 2 * own.mean()


def test_the_distance_of_two_level_films_is_the_one_worked_out_by_hand():
    """Half of the pixels 0, half 255: −1 and 1 when scaled; a quarter at 255: −1/√3 and √3."""
    half, quarter = (np.repeat([[0, 255]], [n, 4096 - n], axis=1).reshape(1, 64, 64) for n in (2048, 3072))
    a = np.repeat(half.astype(np.uint8), 3, 0)
    own, other = statistics.histogram_distances(Comparison("x", a, quarter.astype(np.uint8)))
    root = 3**0.5
    expected = 0.5 * (1 - 1 / root) + 0.25 * (1 + 1 / root) + 0.25 * (root - 1)
    assert own.max() == pytest.approx(0, abs=1e-9)
    assert other[0] == pytest.approx(expected, abs=0.03)


def test_classifiers_tell_apart_what_differs(monkeypatch):
    monkeypatch.setattr(telling, "EPOCHS", 8)
    pair = [Comparison("x", noise(36, 3, 2, 224), noise(36, 1, 3, 224))]
    pictures, drawn = telling.together(pair, 32)
    assert command.auc(drawn, telling.network_scores(pictures, drawn)).value > 0.9
    scores, why = telling.linear_scores(pair, drawn)
    assert command.auc(drawn, scores).value > 0.95
    assert any(name.startswith("power") for name in why)


def test_classifiers_fail_on_films_of_one_kind(monkeypatch):
    """Held out means held out: nothing to learn, nothing told, though the network could learn its films by heart."""
    monkeypatch.setattr(telling, "EPOCHS", 8)
    pair = [Comparison("x", noise(45, 2, 4, 224), noise(45, 2, 5, 224))]
    pictures, drawn = telling.together(pair, 32)
    for scores in (telling.network_scores(pictures, drawn), telling.linear_scores(pair, drawn)[0]):
        assert 0.3 < command.auc(drawn, scores).value < 0.7


def test_folds_keep_a_film_and_its_phantom_on_one_side():
    _, drawn = telling.together([Comparison("a", *[np.zeros((5, 8, 8), np.uint8)] * 2)] * 2, 8)
    fold = telling._folds(drawn, 3)
    assert np.array_equal(fold[drawn == 0], fold[drawn == 1])
    assert set(fold) == {0, 1, 2}


def test_tone_alone_is_not_seen_by_the_network():
    bright = np.full((4, 16, 16), 90, np.uint8) + np.arange(16, dtype=np.uint8) * 8
    model = telling._trained(telling._resized(noise(8, 2, 0, 32), 32), telling.torch.tensor([0, 1] * 4), 0)
    a, b = (model(telling._resized(picture, 32)) for picture in (bright, bright - 60))
    assert telling.torch.allclose(a, b, atol=1e-3)


def test_phantoms_go_the_way_of_the_real_films():
    tall = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 256, 1))
    squeezed = np.asarray(chests._squeezed(tall, 64))
    assert squeezed.shape == (64, 64)
    assert squeezed[0].mean() == pytest.approx(33, abs=3)  # an eighth of the height is gone above and below
    assert squeezed[-1].mean() == pytest.approx(222, abs=3)


def test_the_breast_is_found_and_turned_and_the_label_left_out():
    film = np.full((512, 512), 4, np.uint8)
    rows, columns = np.mgrid[:512, :512]
    film[((rows - 250) / 180) ** 2 + ((columns - 512) / 260) ** 2 < 1] = 150
    film[20:50, 30:90] = 255
    found = mammograms.breast(Image.fromarray(film), 128)
    assert found.shape == (128, 128)
    assert found.max() == 150
    assert found[64, 0] == 150
    assert found[2, 60] < 10
    assert (found > 100)[64].sum() == pytest.approx(128 * 260 / 360, abs=4)
    mirrored = mammograms.breast(Image.fromarray(film[:, ::-1]), 128)
    assert np.abs(mirrored.astype(int) - found).mean() < 2


def test_the_command_compares_like_with_like_and_writes_what_it_measured(tmp_path, monkeypatch):
    try:
        root = data.data_root()
    except data.MissingDataError as error:
        pytest.skip(str(error))
    asked = []
    draw = chests.phantoms.chest
    monkeypatch.setattr(chests, "DRAWN", 256)
    monkeypatch.setattr(chests.phantoms, "chest", lambda *a, **k: asked.append(k) or draw(*a, **k))
    comparisons = chests.chests(root, 3)
    assert [c.name for c in comparisons] == ["adults PA", "adults AP", "children"]
    assert all(c.real.shape == c.drawn.shape and c.real.dtype == np.uint8 for c in comparisons)
    assert [person["view"] for person in asked] == ["PA"] * 3 + ["AP"] * 6
    assert all(person["age"] < 6 for person in asked[6:])
    monkeypatch.setattr(telling, "EPOCHS", 1)
    monkeypatch.setitem(command.MODALITIES, "chest", lambda root, n: comparisons)
    monkeypatch.setattr("sys.argv", ["realism", "--out", str(tmp_path)])
    command.main()
    written = json.loads((tmp_path / "chest.json").read_text())
    assert written["told_apart"]["adults"]["network, 128 px"]["n"] == 12
    assert written["sets"]["children"]["distance to the mean real histogram"]["phantoms"]["n"] == 3


def test_a_drawn_cancer_stands_out_where_it_was_drawn():
    about = {"size": 288, "view": "MLO", "density": "b", "variants": ()}
    ill = phantoms.mammogram(11, lesion="irregular mass", **about)
    well = phantoms.mammogram(11, lesion=None, **about)
    (with_it,) = contrasts(ill.pixels, ill.mask)
    (without,) = contrasts(well.pixels, ill.mask)
    assert with_it > without + 0.2
    assert not list(contrasts(well.pixels, well.mask))
