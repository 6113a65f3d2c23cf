"""Each page as a whole, without a browser."""

import subprocess
import sys
import time

import numpy as np
import pytest

import imaging
import models
from evidence import showcase
from imaging import gallery
from robustness import REGISTRY
from tests.ui.pages import ROOT, opened, settled, words
from ui.live.which import needs
from ui.sentences import answer
from ui.side_by_side.readers import Reader, readers

CASE = next(case for case in gallery.cases() if case.label == "pneumonia")


def button(app, label):
    return next(entry for entry in app.button if entry.label == label)


def test_start_page_says_what_it_is_and_leads_on():
    app = opened("app.py")
    case = showcase.load()
    assert not app.exception
    assert "no image leaves it" in words(app)
    assert answer(case.attacks[0].after, case.disease) in words(app)
    links = {entry.proto.label: entry.proto for entry in app.get("page_link")}
    assert {"Attack a film", "Compare with the defended twin", "Read the model cards"} <= set(links)


@pytest.mark.parametrize("page", ["app.py", "pages/model_zoo.py"])
def test_pages_that_show_ready_files_load_neither_torch_nor_captum(page):
    code = (
        "import sys; from tests.ui.pages import opened; app = opened(sys.argv[1]); assert not app.exception;"
        "print([name for name in ('torch', 'captum') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, page], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("modality", models.modalities())
def test_models_page_shows_every_figure_with_n_and_interval(modality):
    app = opened("pages/model_zoo.py")
    app.session_state.zoo_kind = modality
    app.run()
    assert not app.exception
    said = words(app)
    for card in models.pair(modality):
        assert card.sha256 in said
        assert card.made_by in said
        assert card.intended_use in said
        for limit in card.limits:
            assert limit in said
        for figure in (entry for entry in card.figures if entry.measure.startswith("AUC")):
            assert f"{figure.value:.3f} {figure.low:.3f} – {figure.high:.3f}, n {figure.n:,}" in said


def test_live_page_attacks_the_case_that_the_address_names():
    app = settled(opened("pages/live_attack.py", case=CASE.id, twin="true"))
    assert not app.exception
    desk = app.session_state.desk
    assert desk.case.id == CASE.id
    before = desk.reading("chest-undefended")
    assert f"The model reads {answer(before, 'pneumonia')}." in words(app)
    assert "Its defended twin reads" in words(app)
    assert CASE.history in words(app)
    assert CASE.look_for in words(app)
    assert any("CPU · offline" in entry.proto.body or "GPU" in entry.proto.body for entry in app.get("html"))
    button(app, "Attack").click()
    settled(app.run())
    case = desk.attacked("chest-undefended").case
    assert case.before == before
    assert f"→ {answer(case.after, 'pneumonia')}." in words(app)
    assert "Random noise of the same size" in words(app) or not case.flipped
    assert "The twin" in words(app)
    assert {entry.proto.label for entry in app.get("download_button")} == {"Altered DICOM", "Slide"}
    assert "Saliency rank correlation" in words(app)
    assert "Smallest flip, defended" in words(app)


def test_the_altered_file_comes_back_as_it_is_on_screen():
    app = settled(opened("pages/live_attack.py", case=CASE.id))
    button(app, "Attack").click()
    settled(app.run())
    altered = app.session_state.desk.attacked("chest-undefended").case.radiograph
    reread = imaging.read(imaging.encode(altered))
    np.testing.assert_array_equal(reread.pixels, altered.pixels)


def test_a_file_that_is_no_image_leaves_everything_on_screen():
    app = settled(opened("pages/live_attack.py", case=CASE.id))
    film = app.session_state.desk.film
    app.file_uploader[0].upload("notes.txt", b"no image at all", "text/plain").run()
    settled(app)
    assert not app.exception
    assert "Not opened. This file is no image" in words(app)
    assert app.session_state.desk.film is film


def test_an_unknown_case_in_the_address_opens_another_and_says_so():
    app = settled(opened("pages/live_attack.py", case="no-such-case"))
    assert app.session_state.desk.case.id == showcase.case()
    assert "The address names a case that is not here" in words(app)


def test_an_aim_that_is_reached_already_cannot_be_attacked():
    app = settled(opened("pages/live_attack.py", case=CASE.id))
    reading = app.session_state.desk.reading("chest-undefended").prediction
    chosen(app, "goal").set_value(reading).run()
    assert button(app, "Attack").disabled
    assert f"It already reads {reading}: choose another aim." in words(app)


def test_two_sessions_share_the_model_and_nothing_else():
    first = settled(opened("pages/live_attack.py", case=CASE.id))
    second = settled(opened("pages/live_attack.py", case=gallery.cases()[0].id))
    button(first, "Attack").click()
    settled(first.run())
    assert first.session_state.desk.attacked("chest-undefended") is not None
    assert second.session_state.desk.request is None
    assert second.session_state.desk.film != first.session_state.desk.film


def test_the_explanation_page_turns_the_reason_and_says_what_the_other_maps_make_of_it():
    app = opened("pages/attack_explanation.py", case=CASE.id)
    table = app.session_state.explanation_table
    app = settled_on(app, table)
    assert "the map says why" in words(app)
    button(app, "Attack the explanation").click().run()
    app = settled_on(app, table)
    assert not app.exception
    said = words(app)
    assert "The answer stays: pneumonia" in said
    assert "Grad-CAM (attacked) yes" in said
    assert "explaining …" not in said


def test_models_side_by_side_are_attacked_in_step_and_said_to_flip_or_hold():
    app = opened("pages/side_by_side.py", case=CASE.id)
    bench = app.session_state.bench
    app = settled_on(app, bench)
    assert "Which give way" in words(app)
    button(app, "Attack all").click().run()
    app = settled_on(app, bench)
    assert not app.exception
    said, cases = words(app), [bench.attacked(reader).case for reader in bench.readers]
    assert f"{sum(case.flipped for case in cases)} of 2 gave way" in said
    assert "searching" not in said
    assert " of 255" in said
    assert "Which give way" not in said


def test_whoever_chooses_a_model_and_presses_at_once_gets_both():
    app = opened("pages/side_by_side.py", case=CASE.id)
    bench = app.session_state.bench
    jpeg = Reader("chest-undefended", "jpeg")
    app.multiselect[0].select(jpeg)
    button(app, "Attack all").click().run()  # one run for the choice and the press
    assert not app.exception
    assert bench.readers == (*readers("chest")[:2], jpeg)
    assert bench.contest is not None
    bench.stop()


def test_many_films_say_what_the_defence_costs_and_buys_without_torch():
    code = (
        "import sys; from tests.ui.pages import opened, words; app = opened('pages/side_by_side.py', view='cohort');"
        "assert not app.exception; print('torch' in sys.modules, words(app))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False")
    assert "Of 1,000 children, 200 of them with pneumonia" in done.stdout
    assert "95 % intervals. Remade by python -m evidence.comparison" in done.stdout


def test_the_page_of_one_noise_says_who_is_learned_on_and_takes_a_person_s_own_film():
    app = opened("pages/universal.py", case=CASE.id)
    app.file_uploader[0].upload("mine.dcm", gallery.cases()[0].path.read_bytes(), "application/dicom").run()
    assert not app.exception
    said = words(app)
    assert "laid, unchanged, over the films of others it has never seen" in said
    assert "drawn patients, judged on 20 bundled cases" in said
    ward = app.session_state.ward
    assert ward.film == app.session_state.desk.film
    assert app.session_state.desk.case is None
    button(app, "Learn the noise").click().run()
    assert ward.wish.goal == "normal"
    button(app, "Stop").click().run()
    assert not app.exception
    assert not ward.attacking
    ward.work.stop()
    while ward.work.running:  # torch must not be left at work when the process ends
        time.sleep(0.05)


def settled_on(app, table):
    """The page once the work of a page with one thread is done."""
    while table.busy:
        time.sleep(0.05)
        table.work.start()
    return app.run()


def test_an_attack_is_chosen_by_what_the_attacker_has_and_then_by_how_it_works():
    app = settled(opened("pages/live_attack.py", case=CASE.id))
    for name, attack in REGISTRY.items():
        if attack.control:
            continue
        chosen(app, "live-means").set_value(needs(attack)).run()
        others = [other for other in REGISTRY.values() if not other.control and needs(other) == needs(attack)]
        if len(others) > 1:
            chosen(app, f"live-attack-by-{needs(attack)}").set_value(name).run()
        assert attack.plain in words(app)
        assert not any(other.plain in words(app) for other in others if other is not attack)


def chosen(app, key):
    return next(entry for entry in app.selectbox if entry.key == key)
