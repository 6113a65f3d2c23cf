"""The privacy page as a whole: the promise moves the figures, one patient is asked about, then everybody."""

import numpy as np
import pytest

from evidence.privacy import ADULTS, CHILDREN, EVERYONE, load
from tests.ui.pages import finished, opened, press, words
from ui.privacy.drawings import Line, bells_svg, curve_svg, shares
from ui.privacy.inquiry import PATIENTS
from ui.privacy.tasks import AT_ONCE, Ask, Asked

PAGE = "pages/privacy.py"


@pytest.fixture
def app():
    return opened(PAGE)


def test_the_page_opens_on_ordinary_training_and_has_asked_nobody(app):
    assert not app.exception
    said = words(app)
    assert "1 What is promised Nothing" in said
    assert "The attacker has not asked yet." in said
    assert not app.session_state.inquiry.busy


@pytest.mark.parametrize(("epsilon", "times"), [(8.0, "2,981"), (3.0, "20"), (1.0, "3")])
def test_a_promise_shows_its_own_figures(app, epsilon, times):
    app.radio[0].set_value(epsilon)
    said = words(app.run())
    results = load()
    found = results.attacked[epsilon, EVERYONE].hits[0.01]
    assert f"At most {times} ×" in said
    assert f"→ {results.useful[epsilon].groups[CHILDREN, 'all'].value:.3f}" in said
    assert f"AUC {results.useful[epsilon].groups[ADULTS, 'all'].value:.2f}" in said
    assert f"{100 * found.value:.1f}".removesuffix(".0") + " of 100" in said


def test_one_patient_is_asked_about_and_the_truth_is_hidden_until_it_is_wanted(app):
    app = finished(press(app, "Ask both models"), "inquiry")
    said = words(app)
    assert not app.exception
    assert said.count("sure") >= 3
    assert "In the training set?" in said
    assert "The attacker is" not in said
    said = words(press(app, "Show the truth"))
    assert said.count("The attacker is") == 2
    assert "In the training set?" not in said
    app.radio[1].set_value(3)
    assert "The attacker has not asked yet." in words(app.run())


def test_the_private_guess_follows_the_promise(app):
    app = finished(press(app, "Ask both models"), "inquiry")
    found = app.session_state.inquiry.found(Ask(app.session_state.inquiry.film))
    app.radio[0].set_value(1.0)
    said = words(app.run())
    assert "Private model, ε = 1" in said
    surest = {epsilon: abs(float(guess.score[0])) for epsilon, guess in found.items()}
    assert set(surest) == {None, 8.0, 3.0, 1.0}


def test_asking_everybody_can_be_stopped_and_gone_on_with(app):
    app = press(app, f"Ask of all {PATIENTS:,}")
    inquiry = app.session_state.inquiry
    app = finished(app, "inquiry", lambda inquiry: inquiry.overall is not None and inquiry.overall.done >= AT_ONCE)
    press(app, "Stop")
    app = finished(app, "inquiry")
    stopped = inquiry.overall
    assert AT_ONCE <= stopped.done < stopped.total
    assert f"Asked of {stopped.done:,} of 1,400 patients." in words(app)
    app = press(app, "Go on")
    app = finished(app, "inquiry", lambda inquiry: inquiry.overall.done > stopped.done)
    further = inquiry.overall
    np.testing.assert_array_equal(further.members[: stopped.done], stopped.members)
    np.testing.assert_array_equal(further.scores[None][: stopped.done], stopped.scores[None])
    inquiry.stop()
    finished(app, "inquiry")


def test_everybody_asked_about_gives_figures_with_intervals(app):
    rng = np.random.default_rng(0)
    members = rng.random(PATIENTS) < 0.5
    scores = {epsilon: rng.normal(members, 1.0) for epsilon in (None, 8.0, 3.0, 1.0)}
    inquiry = app.session_state.inquiry
    inquiry.ask_all()
    inquiry.everyone.kept.append(Asked(PATIENTS, members, scores))
    app = finished(app, "inquiry")
    said = words(app)
    assert "Members named at 1 % false alarms" in said
    assert "A guess 1 % 0.50" in said
    assert inquiry.overall.area[None].low > 0.7


def test_a_curve_rises_from_nobody_to_everybody():
    members = np.array([True, False, True, False])
    alarms, named = shares(members, np.array([4.0, 3.0, 2.0, 1.0]))
    assert alarms.tolist() == [0, 0, 0.5, 0.5, 1]
    assert named.tolist() == [0, 0.5, 0.5, 1, 1]
    svg = curve_svg(members, [Line("A & B", np.arange(4.0), "attack")])
    assert "A &amp; B" in svg
    assert "over 4 patients" in svg


def test_the_bells_tell_their_figures_to_those_who_cannot_see_them():
    svg = bells_svg(2.5, (3.0, 1.0), (1.0, 1.0))
    assert "those that saw it 3.0 on average, those that never saw it 1.0; the attacked model 2.5." in svg
