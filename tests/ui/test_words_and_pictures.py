"""Sentences, charts, small pictures and the slide, against values worked out by hand."""

import io
from dataclasses import dataclass
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from ui import heat, slide
from ui.charts import Bar, Curve, bars_svg, curves_svg
from ui.live import reasons
from ui.sentences import answer, floored, levels, percent, verdict
from ui.slide.drawing import faithful


@dataclass(frozen=True)
class Answer:
    prediction: str
    probability: float


@dataclass(frozen=True)
class Case:
    before: Answer = Answer("pneumonia", 0.97)
    after: Answer = Answer("normal", 0.08)
    noise: Answer = Answer("pneumonia", 0.974)
    flipped: bool = True
    stopped: bool = False
    norm: str = "linf"
    epsilon: float = 2.0
    largest_change: float = 2.0
    rms_change: float = 1.25
    steps: int = 6


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.97, "97 %"), (0.004, "< 1 %"), (0.996, "> 99 %"), (0.0, "0 %"), (1.0, "100 %"), (0.5, "50 %")],
)
def test_percent_never_claims_certainty_that_is_not_there(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (0.75, "0.75"), (0.06, "0.06"), (0.125, "0.125"), (1.994, "1.99"), (16.0, "16"), (0.0, "0")],
)
def test_levels(value, text):
    assert levels(value) == text


def test_an_answer_carries_the_probability_of_its_own_class():
    assert answer(Answer("normal", 0.08), "pneumonia") == "normal 92 %"
    assert answer(Answer("pneumonia", 0.45), "pneumonia") == "pneumonia 45 %"
    assert answer(Answer("normal", 0.59), "pneumonia") == "normal (pneumonia 59 %)"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            Case(),
            (
                "pneumonia 97 %",
                "normal 92 %",
                "No pixel changed by more than 2 of 255 grey levels. Random noise of the same size: pneumonia 97 %.",
            ),
        ),
        (
            Case(norm="l2"),
            (
                "pneumonia 97 %",
                "normal 92 %",
                "The root-mean-square change is 1.25 of 255 grey levels. "
                "Random noise of the same size: pneumonia 97 %.",
            ),
        ),
        (
            Case(after=Answer("pneumonia", 0.6), flipped=False, epsilon=1.0),
            (
                "pneumonia 97 %",
                "pneumonia 60 %",
                "The reading held within 1 of 255 grey level. Random noise of the same size: pneumonia 97 %.",
            ),
        ),
        (
            Case(after=Answer("pneumonia", 0.6), flipped=False, stopped=True),
            (
                "pneumonia 97 %",
                "pneumonia 60 %",
                "Stopped after 6 steps, before the reading flipped. "
                "No pixel changed by more than 2 of 255 grey levels.",
            ),
        ),
    ],
)
def test_the_sentence(case, said):
    assert verdict(case, "pneumonia") == said


def test_a_curve_lies_where_its_probabilities_are():
    curve = Curve("undefended", (1.0, 0.5, 0.0), "attack", 0.4)
    drawing = ElementTree.fromstring(curves_svg([curve], "pneumonia", size=(148, 130)))
    (line,) = [node for node in drawing.iter() if node.tag == "polyline"]
    assert line.get("points") == "40.0,8.0 90.0,58.0 140.0,108.0"
    assert "undefended: from 100 % to 0 % in 2 steps" in drawing.get("aria-label")


@pytest.mark.parametrize("steps", [1, 9])
def test_names_of_curves_that_end_together_do_not_overlap(steps):
    short, long = (0.9,) * steps + (0.2,), (0.9,) * 9 + (0.2,)
    curves = [Curve("undefended", short, "attack", 0.4), Curve("defended", long, "defence", 0.4)]
    drawing = ElementTree.fromstring(curves_svg(curves, "pneumonia"))
    heights = [float(node.get("y")) for node in drawing.iter("text") if node.get("class").startswith("name")]
    assert abs(heights[0] - heights[1]) >= 13


def test_bars_say_their_interval_and_n():
    drawing = bars_svg([("no attack", [Bar("undefended", 0.97, 0.95, 0.98, "attack", "n = 624")])], "AUC <b>")
    assert ElementTree.fromstring(drawing).get("aria-label") == "AUC <b>. no attack, undefended: 0.97"
    assert "undefended 0.97 (0.95 to 0.98) n = 624" in drawing


def test_without_saliency_the_film_is_shown_as_it_is():
    film = np.array([[0.0, 1.0], [0.5, 0.25]], np.float32)
    shown = heat.overlay(film, None, width=2)
    assert shown.tolist() == [[[0] * 3, [255] * 3], [[128] * 3, [64] * 3]]


def test_saliency_colours_only_where_it_is():
    film, saliency = np.full((2, 2), 0.5, np.float32), np.array([[1, 0], [0, 0]], np.float32)
    shown = heat.overlay(film, saliency, width=2)
    assert shown[0, 0].tolist() != [128, 128, 128]
    assert (shown.reshape(4, 3)[1:] == 128).all()


def test_the_change_is_grey_where_there_is_none_and_says_how_much_it_is_amplified():
    before = np.full((2, 2), 0.5, np.float32)
    after = before + np.array([[2 / 255, -2 / 255], [0, 0]], np.float32)
    picture, times = heat.difference(before, after, width=2)
    assert times == 63
    assert picture.tolist() == [[254, 2], [128, 128]]


def test_films_on_a_slide_keep_their_grey_levels():
    film = np.arange(12, dtype=np.float32).reshape(3, 4) / 255
    shown = np.asarray(faithful(film, 100, 10))
    assert shown.shape == (9, 12)
    np.testing.assert_array_equal(shown[::3, ::3], np.arange(12).reshape(3, 4))
    averaged = np.asarray(faithful(np.array([[0, 1], [1, 0]], np.float32), 1, 1))
    assert averaged.tolist() == [[128]]


@pytest.mark.parametrize("films", [1, 2, 3])
def test_a_slide_is_full_hd_and_shows_its_films(films):
    film = slide.Film("Original", np.full((512, 512), 100 / 255, np.float32), "Pneumonia 97 %", "operating point 41 %")
    drawn = slide.png(
        slide.Slide(
            [("Pneumonia 97 %", None), ("→ normal 92 %.", "#e0a83a"), ("long " * 60, None)],
            [film] * films,
            maps=[slide.Map("Before", np.zeros((32, 32, 3), np.uint8))],
            curves=[slide.Chart("undefended", (0.9, 0.1), 0.4, "#e0a83a")],
            curves_title="Probability",
            facts=[("Saliency in the lesion", "40 % → 8 %")],
            foot="Education, not diagnosis",
        )
    )
    picture = Image.open(io.BytesIO(drawn))
    assert picture.size == (1920, 1080)
    same = (np.asarray(picture) == 100).all(axis=-1).sum()
    assert films * 512 * 512 <= same < films * 512 * 512 + 5000


def test_a_slide_has_room_for_three_films():
    film = slide.Film("Original", np.zeros((8, 8), np.float32))
    with pytest.raises(ValueError, match="expected 1 to 3 films, got 4"):
        slide.png(slide.Slide([("x", None)], [film] * 4))


@pytest.mark.parametrize("flipped", [True, False])
def test_a_sticker_is_not_told_as_a_faint_change(flipped):
    *_, rest = verdict(Case(flipped=flipped, largest_change=240.0), "pneumonia", visible=True)
    assert "A sticker in plain sight; nothing beside it changed." in rest
    assert "Random noise in its place: pneumonia 97 %." in rest
    assert "240" not in rest


@pytest.mark.parametrize(
    ("map", "said"), [(None, "Before …"), (np.zeros((8, 8)), "Before: empty"), (np.eye(8), "Before")]
)
def test_an_empty_map_is_told_from_one_that_is_not_there_yet(map, said):
    desk = SimpleNamespace(
        models=("chest-undefended",),
        attacked=lambda model: None,
        film=SimpleNamespace(radiograph=SimpleNamespace(pixels=np.zeros((8, 8), np.float32))),
        saliency=lambda model, attacked: None if map is None else SimpleNamespace(map=map),
        method="grad_cam",
        request=None,
    )
    (small,) = reasons.maps(desk)
    assert small.title == said
    assert ("empty" in small.alt) == (said == "Before: empty")


def test_the_operating_point_is_named_where_no_curve_runs():
    def label(probabilities):
        drawn = ElementTree.fromstring(curves_svg([Curve("undefended", probabilities, "attack", 0.48)], "pneumonia"))
        return next(float(text.get("x")) for text in drawn.iter() if (text.text or "") == "operating point")

    rising, flat = (0.05, 0.9, *[0.99] * 18), (0.2, *[0.2] * 18, 0.1)
    assert label(rising) > label(flat)


@pytest.mark.parametrize(("value", "said"), [(0.3365, "0.33"), (0.105, "0.1"), (1.0, "1"), (12.9, "12"), (0.0, "0")])
def test_a_limit_of_what_is_certain_is_never_rounded_up(value, said):
    assert floored(value) == said
    assert float(said) <= value
