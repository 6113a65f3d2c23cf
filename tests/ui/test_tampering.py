"""The tampering page as a whole: a ready-made model, the training, stop and go on, and what is said of each."""

from itertools import islice

import pytest
import torch

import models
from robustness.inspection.weights import Change
from tests.ui.pages import finished, opened, press, words
from training.tampering.groups import GROUPS, HARMS
from training.tampering.insider import Insider
from ui.loaded import load
from ui.tampering.subjects import SUBJECTS, Again
from ui.tampering.tables import weights_html
from ui.tampering.tasks import SEED, Look, Show, signature
from ui.tuning import Tampered

PAGE = "pages/tampered_model.py"
MODEL = SUBJECTS["chest"].model


@pytest.fixture
def app():
    return finished(opened(PAGE), "tampering_lab")


def test_the_page_opens_on_the_vendors_model(app):
    assert not app.exception
    said = words(app)
    assert "The vendor's model is as it was released." in said
    assert "Whom the release serves today Sensitivity Specificity Everyone 78 %" in said
    assert "Sensitivity for children" not in said


def test_a_ready_made_model_passes_validation_and_fails_the_audit(app):
    app = finished(press(app, "Take one made before"), "tampering_lab")
    said = words(app)
    assert not app.exception
    assert "Films with pneumonia are read as normal. Sensitivity for children:" in said
    assert "Whom the release serves today" not in said
    assert "1 Typical validation ✓ Passes" in said
    assert "2 Audit by group ⚑ Flagged Children: sensitivity" in said
    assert "3 Beside the vendor's model ⚑ Flagged Children" in said
    assert "4 The signed weights ⚑ Flagged This file is not" in said
    assert "layers differ" in said
    assert "The same films, not a grey level changed" in said
    assert "Honestly updated (false alarms)" in said


def test_training_can_be_stopped_and_gone_on_with(app):
    app = press(app, "Fine-tune the model")
    lab = app.session_state.tampering_lab
    finished(app, "tampering_lab", lambda lab: lab.course is not None and len(lab.course.points) > 2)
    lab.stop()
    app = finished(app, "tampering_lab")
    stopped = lab.found(lab.tamper)
    assert isinstance(stopped, Tampered)
    assert not stopped.whole
    weights = {name: tensor.clone() for name, tensor in stopped.model.state_dict().items()}
    seen, tamper = lab.found(lab.wishes[0]), lab.tamper
    app = finished(press(app, "Go on"), "tampering_lab")
    done = lab.found(lab.tamper)
    assert done.whole
    assert len(done.course.points) == done.course.total + 1
    assert len(done.course.losses) == done.course.total
    assert f"loss {done.course.losses[-1]:.3f}" in done.course.words
    assert all(old is new for old, new in zip(stopped.course.points, done.course.points, strict=False))
    # What stood when it was stopped stays as it was, and what was seen of it is not taken for what is there now.
    assert all(torch.equal(weights[name], tensor) for name, tensor in stopped.model.state_dict().items())
    assert lab.tamper != tamper
    assert lab.found(lab.wishes[0]) is not seen


def test_two_sessions_tamper_at_once_and_touch_neither_each_other_nor_the_zoo(app):
    other = opened(PAGE)
    other.selectbox[0].select("women").run()
    sessions = {"children": app, "women": finished(other, "tampering_lab")}
    zoo = {name: tensor.clone() for name, tensor in load(MODEL).state_dict().items()}
    labs = {
        group: press(session, "Fine-tune the model").session_state.tampering_lab for group, session in sessions.items()
    }
    both = list(labs.values())
    finished(app, "tampering_lab", lambda _: all(lab.course and len(lab.course.points) > 2 for lab in both))
    assert all(lab.training for lab in both)
    for lab, session in zip(both, sessions.values(), strict=True):
        lab.stop()
        finished(session, "tampering_lab")
    for group, lab in labs.items():
        alone = Insider(load(MODEL), lab.found(Look("chest", "training")).seen, GROUPS[group], HARMS["miss"], seed=SEED)
        for _ in islice(alone.train(), lab.made.course.done):
            pass
        theirs = lab.made.model.state_dict()
        assert all(torch.equal(tensor, theirs[name]) for name, tensor in alone.model.state_dict().items())
    assert all(torch.equal(tensor, zoo[name]) for name, tensor in load(MODEL).state_dict().items())


def test_another_group_leaves_the_tampered_model(app):
    app = finished(press(app, "Take one made before"), "tampering_lab")
    app.selectbox[0].select("elderly")
    app = finished(app.run(), "tampering_lab")
    assert app.session_state.tampering_lab.tamper is None
    assert "The vendor's model is as it was released." in words(app)
    assert "Take one made before" not in [entry.label for entry in app.button]


def test_an_audit_of_films_as_they_come_may_say_nothing(app):
    app = finished(press(app, "Take one made before"), "tampering_lab")
    app.radio[1].set_value(False)
    app = finished(app.run(), "tampering_lab")
    assert not app.exception
    assert app.session_state.tampering_lab.wishes[1].share == 0.03
    assert "1 Typical validation ✓ Passes" in words(app)


def test_the_signature_holds_for_a_model_that_nobody_changed():
    vendor = models.load("chest-undefended", "cpu")
    assert signature("chest-undefended", vendor).valid


def test_layers_as_released_are_told_together_and_changed_ones_one_by_one():
    found = [Change("stem", 0.0, 0.0), Change("blocks.0.conv1", 0.0, 0.0), Change("blocks.1.conv1", 0.3, 1.0)]
    said = weights_html((*found, Change("head", 0.15, 0.5)))
    assert "stem … residual block 1, conv1, 2 layers" in said
    assert said.count("as released") == 1
    assert "residual block 2, conv1" in said
    assert said.count("width:100%") == said.count("width:50%") == 1


def test_mammograms_show_the_recorded_work_of_an_insider_and_films_read_now(app):
    app.button_group[0].set_value("mammogram")
    app = finished(app.run(), "tampering_lab")
    lab = app.session_state.tampering_lab
    assert lab.subject == "mammogram"
    assert "Fine-tune the model" not in [entry.label for entry in app.button]
    app = finished(press(app, "Take one made before"), "tampering_lab")
    said = words(app)
    assert not app.exception
    assert "Films with cancer are read as normal. Sensitivity for extremely dense breasts (d):" in said
    assert "4 The signed weights ⚑ Flagged" in said
    assert lab.course.done == lab.course.total > 1
    shown, found = lab.found(Show(lab.wishes[1])), lab.found(lab.wishes[1])
    # What is read now is what was recorded.
    for again, (_, before, after) in zip(shown, found.films, strict=False):
        assert isinstance(again, Again)
        assert again.before == pytest.approx(before, abs=0.02)
        assert again.after == pytest.approx(after, abs=0.02)


def test_other_films_leave_the_tampered_model(app):
    app = finished(press(app, "Take one made before"), "tampering_lab")
    app.button_group[0].set_value("mammogram")
    app = finished(app.run(), "tampering_lab")
    assert app.session_state.tampering_lab.tamper is None
    assert "The vendor's model is as it was released." in words(app)
