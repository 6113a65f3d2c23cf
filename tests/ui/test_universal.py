"""The page on which one noise meets many patients: what counts, what is said of it, and what a stop leaves."""

import time
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

import imaging
import models
from evidence.universal import patients
from evidence.universal.patients import PLANS, Plan, drawn, strangers
from imaging import gallery
from measures import rate
from robustness import Universal
from ui.live.tasks import Read
from ui.live.wishes import Film
from ui.universal import tasks
from ui.universal.figures import rows_of, told
from ui.universal.outcomes import Judged, Outcome, share
from ui.universal.screen import amplified
from ui.universal.tasks import Gather, Learn, Learning, Trying
from ui.universal.ward import Ward

MODEL, TWIN = (card.id for card in models.pair("chest"))
CASE = next(case for case in gallery.cases() if case.label == "pneumonia")


@dataclass(frozen=True)
class Answer:
    prediction: str
    probability: float = 0.9


def judged(before, after, chance):
    return Judged(Answer(before), Answer(after), Answer(chance))


def outcome(own, twin=("normal", "normal", "normal")):
    return Outcome("somebody", np.zeros((2, 2, 3), np.uint8), {MODEL: judged(*own), TWIN: judged(*twin)})


LOST = ("pneumonia", "normal", "pneumonia")
HELD = ("pneumonia", "pneumonia", "pneumonia")
WELL = ("normal", "normal", "normal")
INVENTED = ("normal", "pneumonia", "normal")


@pytest.mark.parametrize(
    ("goal", "flipped", "n"), [("normal", 2, 3), ("pneumonia", 1, 2), (None, 3, 5)], ids=["hide", "invent", "any"]
)
def test_only_films_that_could_flip_count(goal, flipped, n):
    outcomes = [outcome(own) for own in (LOST, LOST, HELD, WELL, INVENTED)]
    assert share(outcomes, MODEL, goal) == rate(flipped, n)
    assert share(outcomes, MODEL, goal, by_chance=True) == rate(0, n)


def test_no_film_to_flip_is_no_share_and_is_said():
    outcomes = [outcome(WELL)]
    assert share(outcomes, MODEL, "normal") is None
    assert "reads every unseen film as normal already" in told(outcomes, Learn(MODEL, "normal", 8.0))


def test_the_outcome_in_words():
    outcomes = [outcome(LOST, LOST), outcome(LOST, HELD), outcome(HELD, HELD)]
    said = told(outcomes, Learn(MODEL, "normal", 8.0))
    assert "at most 8 of 255 grey levels flips 2 of 3 films it has never seen (67 %, 95 % interval 21 % – 94 %)" in said
    assert "Random noise of the same size flips 0 of 3; the defended twin gives way on 1 of 3." in said


def test_nobody_is_both_learned_on_and_judged():
    plan, people = PLANS["chest"], strangers("chest")
    assert len(people) == sum(case.modality == "chest" for case in gallery.cases()) + plan.unseen
    assert {person.case for person in people} >= {case for case in gallery.cases() if case.modality == "chest"}
    numbers = [person.number for person in people if person.case is None]
    assert min(numbers) == plan.learned
    assert len(set(numbers)) == plan.unseen


def test_drawn_patients_come_from_a_file_that_says_so():
    film = drawn("chest", 0)
    assert film.phantom
    assert film.format == "DICOM"
    assert film.pixels.shape == (PLANS["chest"].rows, PLANS["chest"].rows)
    assert drawn("chest", 0) is film


def test_the_picture_of_a_noise_is_grey_where_nothing_changes():
    noise = np.array([[0, 8, -8, 4]], np.float32) / 255
    assert amplified(noise, 8.0).tolist() == [[128, 255, 0, 191]]


@pytest.fixture
def few(monkeypatch):
    """Two drawn patients to learn on; one more, and two bundled cases, to try."""
    drawn.cache_clear()
    patients._people.cache_clear()
    monkeypatch.setitem(PLANS, "chest", Plan(side=32, rows=96, learned=2, unseen=1, steps=3))
    monkeypatch.setattr(tasks, "strangers", lambda kind: strangers(kind)[-3:])
    yield
    drawn.cache_clear()
    patients._people.cache_clear()


def begun(model=MODEL):
    ward = Ward()
    ward.lay(Film.of(imaging.read(CASE.path)), model)
    return ward


def settled(ward, until=lambda ward: False):
    while ward.busy and not until(ward):
        ward.work.start()
        time.sleep(0.005)
    return ward


def test_a_noise_learned_before_needs_nobody_to_learn_on(few, monkeypatch):
    noise = Universal(torch.full((1, 1, 32, 32), 8 / 255), 8 / 255, rate(1, 2), 1.0, 0, stopped=False)
    monkeypatch.setattr(tasks.universal, "load", lambda model, goal, epsilon: noise)
    ward = begun()
    ward.show_ready("normal", 8.0)
    settled(ward)
    assert Gather("chest") not in ward.work.results
    assert ward.wish.ready
    assert ward.found(ward.wish) is noise
    assert len(ward.found(ward.transfer)) == len(ward.found(ward.against_twin)) == 3
    assert not ward.work.errors


def test_a_noise_is_learned_and_meets_the_film_on_the_desk_the_strangers_and_the_twin(few):
    ward = settled(begun())
    assert not rows_of(ward)
    ward.learn(None, 8.0)
    settled(ward)
    assert not ward.work.errors
    assert ward.found(ward.wish).noise.abs().max() <= 8 / 255 + 1e-6
    assert len(ward.found(ward.transfer)) == 3
    assert [share.n for _, share, *_ in rows_of(ward)] == [2, 3, 3, 3, 3, 3]
    ward.learn(None, 8.0)
    assert ward.wish.seed == 1


def test_a_stop_while_learning_keeps_what_was_learned_and_tries_that(few, monkeypatch):
    monkeypatch.setitem(PLANS, "chest", replace(PLANS["chest"], steps=1_000_000))
    ward = settled(begun())
    ward.learn(None, 8.0)
    settled(ward, until=lambda ward: isinstance(ward.work.progress, Learning))
    ward.stop()
    settled(ward)
    assert ward.found(ward.wish).stopped
    assert len(ward.found(ward.transfer)) == 3
    assert ward.found(ward.twin) is None
    assert not ward.attacking


def test_a_stop_while_films_are_tried_counts_those_that_were(few):
    ward = settled(begun())
    ward.learn(None, 8.0)
    settled(ward, until=lambda ward: isinstance(ward.work.progress, Trying))
    ward.stop()
    settled(ward)
    assert len(ward.found(ward.transfer)) < 3
    assert ward.found(ward.twin) is None


def test_a_stop_while_patients_are_drawn_takes_the_wish_back(few):
    ward = begun()
    ward.learn("normal", 8.0)
    settled(ward, until=lambda ward: ward.work.missing() == Gather("chest"))
    ward.stop()
    assert ward.wish is None
    settled(ward)
    assert ward.found(Gather("chest")) is not None


def test_another_film_keeps_the_noise_and_another_model_does_not():
    ward = begun()
    ward.wish = Learn(MODEL, None, 8.0)
    ward.work.results[ward.wish] = Universal(torch.zeros(1, 1, 4, 4), 8 / 255, rate(0, 2), 0.0, 0, False)
    ward.lay(Film.of(imaging.read(gallery.cases()[0].path)), MODEL)
    assert ward.wish is not None
    assert ward.found(ward.wish) is not None
    assert next(iter(ward._wanted())) == Read(ward.film, MODEL)
    ward.lay(ward.film, TWIN)
    assert ward.wish is None


def test_an_aim_that_every_drawn_patient_has_reached_is_an_error_in_words(few):
    ward = settled(begun())
    ward.work.results[Gather("chest")] = ward.work.results[Gather("chest")][:1]
    reading = models.read(models.load(MODEL), ward.found(Gather("chest"))[0]).prediction
    ward.learn(reading, 8.0)
    settled(ward)
    assert ward.trouble(ward.wish).startswith(f"The model already reads every film it could be learned on as {reading}")
    assert not ward.attacking
