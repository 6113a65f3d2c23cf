"""What the page says of how real the drawn films are stands in the results."""

import re

import pytest

from evidence import realism
from evidence.realism.results import RESULTS, Spread
from ui.drawn_films import block_html


@pytest.mark.parametrize("modality", ["chest", "mammogram"])
def test_every_stored_figure_is_shown_with_its_n(modality):
    found = realism.load(modality)
    told = block_html(modality, found)
    areas = [area for tests in found.told_apart.values() for area in tests.values()]
    areas += [area for read in found.readings.values() for area in read.values()]
    for area in areas:
        assert f"<b>{area.value:.3f}</b> <span>{area.low:.3f} – {area.high:.3f}, n {area.n:,}</span>" in told
    pairs = [pair for own in found.beside.values() for pair in own.values()]
    pairs += found.contrasts.values()
    for spread in (each for pair in pairs for each in pair):
        assert f"<b>{spread.mean:.2f}</b> <span>± {spread.sd:.2f}, n {spread.n}</span>" in told
    assert told.count("<b>") == len(areas) + 2 * len(pairs)
    for command in found.made_by:
        assert f"<code>{command}</code>" in told


def test_chests_are_read_and_breasts_contrasted():
    chests, breasts = (block_html(modality, realism.load(modality)) for modality in ("chest", "mammogram"))
    assert "Trained on real films" in chests
    assert "Architectural distortion" not in chests
    assert "Trained on real films" not in breasts
    assert "Architectural distortion" in breasts
    assert re.search(r"AUC of 0\.9\d\d \(mammograms, n 120\)", breasts)


def test_the_drawn_films_stand_on_the_right_side():
    """Real first: in the file, and so in every pair."""
    slope = "slope coarse, 3–20 cycles per image"
    stored = realism.results.read(RESULTS / "chest.json")["sets"]["children"][slope]
    real, drawn = realism.load("chest").beside["children"][slope]
    assert real == Spread(**stored["real"])
    assert drawn == Spread(**stored["phantoms"])
