"""Figures of visibility against the standard's own table, closed forms and a direct computation."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from robustness.visibility import Display, how_visible, jnd_index
from tests.robustness.files import film


@pytest.mark.parametrize(
    ("index", "luminance"), [(1, 0.05), (2, 0.0547), (3, 0.0594), (4, 0.0643), (5, 0.0696), (1023, 3993.4040)]
)
def test_index_is_that_of_the_standards_table(index, luminance):
    """PS3.14, table B-1, as printed to four digits."""
    assert jnd_index(luminance) == pytest.approx(index, abs=0.06 if index < 10 else 0.2)


def luminance(index):
    """PS3.14, section 7.1: the display function itself, of which `jnd_index` is the inverse."""
    x = np.log(index)
    upper = -1.3011877 + 8.0242636e-2 * x + 1.3646699e-1 * x**2 - 2.5468404e-2 * x**3 + 1.3635334e-3 * x**4
    lower = 1 - 2.5840191e-2 * x - 1.0320229e-1 * x**2 + 2.8745620e-2 * x**3 - 3.1978977e-3 * x**4 + 1.2992634e-4 * x**5
    return 10 ** (upper / lower)


def test_index_undoes_the_display_function():
    index = np.arange(1, 1024)
    assert np.abs(jnd_index(luminance(index)) - index).max() < 0.35


def test_a_grey_level_on_a_reading_room_display():
    assert Display().differences == pytest.approx(float(jnd_index(500.0) - jnd_index(0.5)))
    assert 600 < Display().differences < 720
    before = film(64, 48, 0).clip(0.1, 0.9)
    seen = how_visible(before, before + 2 / 255)
    assert seen.largest == pytest.approx(2, abs=1e-4)
    assert seen.rms == pytest.approx(2, abs=1e-4)
    assert seen.jnd_largest == pytest.approx(2 / 255 * Display().differences, rel=1e-4)
    assert seen.psnr == pytest.approx(20 * np.log10(255 / 2), abs=1e-3)


def test_similarity_is_that_of_the_paper():
    """Computed from its formula (Wang et al. 2004, equation 13) on the inside of the picture."""
    rng = np.random.default_rng(0)
    x = film(64, 48, 1).astype(np.float64)
    y = (x + rng.normal(0, 0.05, x.shape)).clip(0, 1)
    blur = lambda image: gaussian_filter(image, 1.5, truncate=3.5)  # noqa: E731
    mx, my = blur(x), blur(y)
    vx, vy, cov = blur(x * x) - mx**2, blur(y * y) - my**2, blur(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    direct = ((2 * mx * my + c1) * (2 * cov + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    assert how_visible(x, y).ssim == pytest.approx(direct[5:-5, 5:-5].mean(), abs=1e-6)


def test_no_change_is_invisible():
    seen = how_visible(film(32, 32, 0), film(32, 32, 0))
    assert (seen.largest, seen.jnd_largest, seen.ssim) == (0, 0, pytest.approx(1))
    assert seen.psnr == float("inf")


def test_films_and_displays_that_make_no_sense():
    with pytest.raises(ValueError, match="one shape"):
        how_visible(np.zeros((20, 20)), np.zeros((20, 21)))
    with pytest.raises(ValueError, match="black < white"):
        Display(500, 0.5)
