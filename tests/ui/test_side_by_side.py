"""Models side by side: attacks that go in step, what is said of them, and what many films amount to."""

import io
import re
import threading
import time
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import imaging
import models
from evidence import comparison
from evidence.certified import Certified
from evidence.comparison.ward import PEOPLE, ward
from imaging import gallery
from measures import Estimate
from robustness.defences import DEFENCES
from robustness.defences.smoothing import Certificate
from tests.robustness.small_models import tiny
from ui.lines import Line, apart, lines_svg
from ui.live.wishes import Film, Request
from ui.sentences import floored
from ui.side_by_side import certain, cohort, words
from ui.side_by_side.bench import Bench
from ui.side_by_side.film import _line
from ui.side_by_side.readers import Reader, readers, styles
from ui.side_by_side.tasks import Certify, Contest, Read, goal_against
from ui.side_by_side.together import Roll, Together
from ui.worker import Abandoned, Work

PAIR = (Reader("chest-undefended"), Reader("chest-defended"))


def film(index=0):
    return Film.of(imaging.read(gallery.cases()[index].path))


def small_film():
    data = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 40), dtype=np.uint8)).save(data, "PNG")
    return Film.of(imaging.read(data.getvalue()))


# In step -----------------------------------------------------------------------------------------------------


def test_nobody_is_ahead_and_nobody_waits_for_one_who_left():
    lengths = {"short": 2, "middle": 5, "long": 9}
    together, order = Together(lengths), []

    def run(name):
        for step in range(lengths[name]):
            time.sleep(0.001 * len(name))
            order.append((step, name))
            together.step(name)
        together.leave(name)

    threads = [threading.Thread(target=run, args=(name,), daemon=True) for name in lengths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert [step for step, _ in order] == sorted(step for step, _ in order)
    assert len(order) == sum(lengths.values())


def test_a_roll_keeps_the_first_film_and_stays_in_its_room():
    roll = Roll(room=5 * 16)
    for step in range(40):
        roll.add(step, np.full((2, 2), step, np.float32))
        assert len(roll.frames) <= 5
    assert roll.frames[0][0, 0] == 0
    assert all(pixels[0, 0] == step for step, pixels in roll.frames.items())


@pytest.fixture
def small(monkeypatch):
    """A small network in the place of each model, with its card."""

    network = tiny(seed=1)  # made once: its seed is torch's global one, which threads share

    def load(reader):
        model = deepcopy(network)
        model.card = models.card(reader.model)
        if reader.defence:
            model = DEFENCES[reader.defence](model)
        return model

    monkeypatch.setattr(Reader, "load", load)


def test_each_reader_is_attacked_by_one_who_knows_it_within_the_same_budget_and_again_alike(small):
    shown, three = (
        small_film(),
        (Reader("chest-undefended"), Reader("chest-defended"), Reader("chest-undefended", "smoothing")),
    )
    seen = []

    class Watched(Work):
        def __setattr__(self, name, value):
            if name == "progress" and value:
                seen.append({reader: len(reached.probabilities) for reader, reached in value.items()})
            super().__setattr__(name, value)

    def run():
        work = Watched(lambda: iter(()))
        work.results |= {Read(shown, reader): Read(shown, reader).run(work) for reader in three}
        return Contest(shown, three, Request("pgd", epsilon=3.0)).run(work)

    first, again = run(), run()
    assert set(first) == set(three)
    for reader in three:
        case = first[reader].case
        assert case.before.model == reader.id
        assert case.goal != case.before.prediction
        assert 0 < case.largest_change <= 3.0
        assert len(first[reader].frames) == len(case.trace)
        assert np.array_equal(case.radiograph.pixels, again[reader].case.radiograph.pixels)
    assert all(max(taken.values()) - min(taken.values()) <= 1 for taken in seen if len(taken) == len(three))


def test_one_who_cannot_be_attacked_does_not_keep_the_others(small):
    shown, work = small_film(), Work(lambda: iter(()))
    work.results |= {Read(shown, reader): Read(shown, reader).run(work) for reader in PAIR}
    said = work.results[Read(shown, PAIR[0])].prediction
    found = Contest(shown, PAIR, Request("fgsm", goal=said)).run(work)
    assert "already reads this film as" in found[PAIR[0]]


def test_a_smoothed_reader_says_how_far_its_answer_is_certain(small):
    shown, smoothed = small_film(), Reader("chest-undefended", "smoothing")
    bench = Bench()
    bench.lay(shown, "chest")
    bench.readers, work, seen = (PAIR[0], smoothed), Work(lambda: iter(())), []
    assert "0 noisy copies read" in words.certain(bench, smoothed)

    class Watched(Work):
        def __setattr__(self, name, value):
            seen.append(value.read) if name == "progress" and value else None
            super().__setattr__(name, value)

    found = Certify(shown, smoothed).run(Watched(lambda: iter(())))
    assert seen[-1] == 1100
    assert found.decision == Certify(shown, smoothed).run(work).decision  # the noise is another each time
    bench.work.results[Certify(shown, smoothed)] = found
    told = words.certain(bench, smoothed)
    assert f"{floored(found.levels(48 * 40))} of 255 grey levels in every pixel" in told
    bench.work.results[Certify(shown, smoothed)] = Certificate(None, 0.0, 0.02)
    assert "a radiologist must look" in words.certain(bench, smoothed)
    work.stop()
    with pytest.raises(Abandoned):
        Certify(shown, smoothed).run(work)


def test_only_smoothed_readers_are_certified(small):
    shown, smoothed = small_film(), Reader("chest-undefended", "smoothing")
    bench = Bench()
    bench.lay(shown, "chest")
    bench.choose((PAIR[0], smoothed))
    asked = [task.reader for task in bench._wanted() if isinstance(task, Certify)]
    assert asked == [smoothed]


def test_what_is_certain_is_drawn_with_its_intervals():
    labels, radii = np.array([1, 1, 0, 0]), np.array([0.5, 0.2, 0.3, 0.0])
    answers = np.array([1, 1, 0, -1])
    found = Certified("chest-undefended", 0.25, 1000, 0.001, 224 * 224, labels, np.arange(4), answers, radii)
    drawn = certain.chart((found,), "title")
    assert "noise 0.25: 75 % without a change, 50 % at 0.25 L2" in drawn
    assert drawn.count('<polyline class="line line-2') == 1
    assert "gives no answer for 25 %" in certain._sentence((found,))


def test_to_be_referred_is_no_success_for_the_attacker(small):
    inside = Read(small_film(), PAIR[0]).run(Work(lambda: iter(())))
    referred = SimpleNamespace(prediction="refer to a radiologist", probability=0.4)
    wanted = goal_against(referred, Reader("chest-undefended", "squeezing"), small_film(), None)
    assert {wanted, inside.prediction} == {"normal", "pneumonia"}
    assert goal_against(inside, PAIR[0], small_film(), None) == wanted
    assert goal_against(inside, PAIR[0], small_film(), inside.prediction) == inside.prediction
    assert words.said(referred, Reader("chest-undefended", "squeezing")) == "refers to a radiologist"


# Bench -------------------------------------------------------------------------------------------------------


def test_the_bench_opens_with_the_pair_and_a_new_film_clears_it():
    bench = Bench()
    bench.lay(film(0), "chest")
    assert bench.readers == PAIR
    bench.attack(Request())
    bench.lay(film(0), "chest")
    assert bench.request is not None
    assert bench.work.missing() == Read(bench.film, PAIR[0])
    bench.lay(film(1), "chest")
    assert bench.request is None


def test_other_readers_begin_anew_and_the_same_wish_takes_another_seed():
    bench = Bench()
    bench.lay(film(), "chest")
    bench.attack(Request())
    bench.attack(Request())
    assert bench.request.seed == 1
    bench.work.results |= {Read(bench.film, reader): None for reader in PAIR}
    assert bench.attacking
    bench.work.results[bench.contest] = {}
    bench.attack(Request("fgsm"))
    assert set(bench.work.results) == {Read(bench.film, reader) for reader in PAIR}  # no old films pile up
    bench.stop()
    assert not bench.stoppable
    bench.choose((PAIR[1], Reader("chest-defended", "jpeg")))
    assert bench.request is None


def test_only_defences_whose_worth_was_measured_are_offered():
    offered = readers("chest")
    assert offered[:2] == PAIR
    assert Reader("chest-undefended", "jpeg") in offered
    assert len({reader.name for reader in offered}) == len(offered)


def test_a_model_keeps_its_line_wherever_it_stands():
    jpeg, median = Reader("chest-undefended", "jpeg"), Reader("chest-defended", "median")
    assert styles(PAIR) == (0, 1)
    assert styles((PAIR[1], jpeg, median)) == (1, 2, 3)
    assert styles((jpeg, PAIR[1], PAIR[0])) == (2, 1, 0)


# Words and pictures ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    levels: float
    found: bool = True


@pytest.mark.parametrize(
    ("found", "first", "said"),
    [
        (Found(3.5), Found(0.5), "needs 7.0 × the change"),
        (Found(16, found=False), Found(0.5), "needs over 32.0 × the change"),
        (Found(3.5), Found(16, found=False), ""),
        (Found(3.5), None, ""),
    ],
)
def test_how_much_more_a_reader_needs(found, first, said):
    assert words.times(found, first) == said


@pytest.mark.parametrize(("wins", "mark"), [((False, False, True, False), 2), ((False, False, False, False), None)])
def test_the_flip_is_marked_where_the_answer_was_first_as_wanted(wins, mark):
    case = SimpleNamespace(trace=(0.9, 0.7, 0.4, 0.6), wins=wins)
    bench = SimpleNamespace(attacked=lambda _: SimpleNamespace(case=case), running={})
    assert _line(bench, Reader("chest-undefended", "squeezing"), 0).mark == mark


def test_names_stand_apart_and_as_near_as_may_be():
    assert apart([50, 20], 0, 100) == [50, 20]
    placed = apart([98, 97, 99, 20], 0, 100)
    assert placed == [86, 72, 100, 20]


def test_curves_carry_names_kinds_of_line_and_words():
    lines = [
        Line("undefended", 0, (0, 1), (0.9, 0.1), "falls", mark=1),
        Line("a + b", 3, (0, 1), (0.5, 0.5), "<stays>"),
    ]
    drawn = lines_svg(lines, "Title", axis="step", size=(400, 200), names=100)
    assert 'class="line line-0"' in drawn
    assert 'class="line line-3"' in drawn
    assert drawn.count('class="cross') == 1
    assert 'aria-label="Title. falls; &lt;stays&gt;."' in drawn
    assert ">undefended</text>" in drawn
    assert ">+ b</tspan>" in drawn


def test_numbers_below_an_axis_stand_clear_of_each_other():
    lines = [Line("undefended", 0, (0, 1), (0.9, 0.1), "falls")]
    options = {"ticks": (0, 0.125, 0.25, 0.5, 1), "roots": True}
    small, large = (
        re.findall(r'text-anchor="middle">([\d.]+)<', lines_svg(lines, "T", axis="s", size=size, names=100, **options))
        for size in ((280, 200), (800, 200))
    )
    assert large == ["0", "0.125", "0.25", "0.5", "1"]
    assert small[-1] == "1"
    assert 2 < len(small) < 5


def test_what_many_films_amount_to_is_said_with_intervals():
    estimate = Estimate(-86.4, -143.2, -42.6, 14)
    assert cohort.told(estimate) == "<b>86 fewer</b> <small>(143 fewer to 43 fewer)</small>"
    assert cohort.told(Estimate(0, -10, 6.4, 9)) == "<b>no more</b> <small>(10 fewer to 6 more)</small>"


def test_the_table_holds_what_the_ward_says():
    stored = comparison.load()
    choice = cohort.Choice(2.0, 0.2, *list(stored.points)[:2])
    ordinary, attacked = (
        ward(stored, choice.first, choice.second, level=level, prevalence=0.2) for level in (0, choice.level)
    )
    drawn = cohort.table_html(ordinary, attacked, choice)
    assert f"Of {PEOPLE:,} children" in drawn
    assert "Pneumonias missed, of 200" in drawn
    assert "Healthy children called ill, of 800" in drawn
    for count in (*ordinary.missed, *attacked.missed, *attacked.alarms):
        assert f"<b>{count.value:.0f}</b> <span>{count.low:.0f} to {count.high:.0f}</span>" in drawn
