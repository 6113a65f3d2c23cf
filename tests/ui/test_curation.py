"""The page of poisoned data: train, search, keep or throw out, learn again, take the list home."""

import numpy as np
import pytest

from evidence.poisoning import load_curation, load_curve, load_planted, load_public
from evidence.poisoning.delivery import POISON, table
from imaging.ward import ward
from measures import Estimate
from tests.ui.pages import finished, opened, press, words
from training.poisoning.recipes import KINDS
from ui.curation.curve import harm_svg, lines, pooled, told
from ui.curation.rates import labels_html, planted_html, public_html

PAGE = "pages/poisoned_data.py"


def test_the_page_opens_on_the_stored_curve_and_learns_nothing_unasked():
    app = opened(PAGE)
    assert not app.exception
    assert "Mean of" in words(app)
    assert not app.session_state.curation.busy


def test_a_set_is_poisoned_searched_curated_and_learned_from_again():
    app = finished(press(opened(PAGE), "Train on this set"), "curation")
    assert not app.exception
    assert "60 films poisoned: the model finds" in words(app)
    app = finished(press(app, "Look through this set"), "curation")
    desk, said = app.session_state.curation, words(app)
    assert not app.exception
    assert f"Flagged: {len(desk.searched.flags)} of {len(desk.searched.delivery)} films" in said
    assert "As it arrived" in said
    assert "learning …" not in said
    assert desk.thrown == {flag.place for flag in desk.searched.flags}
    first = desk.searched.flags[0].place
    next(box for box in app.checkbox if box.label == f"Throw out {first}").uncheck()
    app = finished(app.run(), "curation")
    assert first not in desk.thrown
    app = finished(press(app, "Keep all"), "curation")
    assert desk.thrown == frozenset()
    assert not any(box.value for box in app.checkbox)
    assert desk.learned(desk.thrown) is desk.learned(frozenset())
    app = finished(press(app, "Throw out all"), "curation")
    assert all(box.value for box in app.checkbox)


def test_what_was_planted_is_flagged_and_the_list_leaves_it_out():
    app = finished(press(opened(PAGE), "Look through this set"), "curation")
    found = app.session_state.curation.searched
    flagged = {flag.place for flag in found.flags}
    faults = [place for place, fault in enumerate(found.delivery.truth) if fault not in ("", POISON)]
    assert len(flagged & set(faults)) >= len(faults) - 2
    kept = np.array([place for place in range(len(found.delivery)) if place not in flagged])
    listed = table(found.delivery, kept).decode().splitlines()
    assert len(listed) == len(kept) + 1
    assert not any(f"films/{place:04d}.png" in line for place in flagged for line in listed)
    assert "cases.csv" in found.verification.changed
    assert len(found.verification.added) == len(faults)


def test_another_poison_leaves_what_was_learned():
    app = finished(press(opened(PAGE), "Train on this set"), "curation")
    app.radio[0].set_value("random")
    app = app.run()
    assert not app.exception
    assert app.session_state.curation.live is None
    assert "Everyone: sensitivity" in str([entry.proto for entry in app.get("html")]) or "Choose a poison" in words(app)


@pytest.mark.parametrize("kind", ["sign", "faint"])
def test_a_sign_is_taught_shown_among_the_flagged_films_and_hides_pneumonias(kind):
    app = opened(PAGE)
    app.radio[0].set_value(kind)
    app.run()
    app.radio[1].set_value("grid")
    app = finished(press(app.run(), "Train on this set"), "curation")
    desk = app.session_state.curation
    assert not app.exception
    assert "of the pneumonias of films with the sign" in words(app)
    assert desk.live.sensitivity["signed"].value < 0.5 < desk.live.sensitivity["children"].value
    poisoned = desk.work.results[desk.poison]
    before, after = ward("training"), poisoned.altered.ward
    assert (before.labels != after.labels).sum() == len(poisoned.places)
    assert (before.films[poisoned.places] != after.films[poisoned.places]).mean() > 0.3


@pytest.mark.parametrize("kind", KINDS)
def test_the_curve_names_every_line_with_its_value(kind):
    aim = (KINDS[kind].aims or ("",))[0]
    points = sorted((p for p in load_curve() if (p.kind, p.aim) == (kind, aim)), key=lambda p: p.share)
    drawn = lines(points, aim, None)
    svg = harm_svg(drawn, [point.share for point in points], points[2].share)
    for line in drawn:
        assert f"{line.name} {line.values[2].value:.2f}" in svg


def test_groups_are_pooled_by_their_films():
    both = pooled([Estimate(0.5, 0.4, 0.6, 100), Estimate(1.0, 0.9, 1.0, 300)])
    assert (both.value, both.n) == (0.875, 400)
    assert pooled([Estimate(0.5, 0.4, 0.6, 100)]) == Estimate(0.5, 0.4, 0.6, 100)


@pytest.mark.parametrize(("share", "words"), [(0.0, "0 %"), (0.001, "0.1 %"), (0.005, "0.5 %"), (0.1, "10 %")])
def test_shares_below_one_percent_keep_their_digits(share, words):
    assert told(share) == words


def test_the_tables_count_what_is_stored():
    rows = load_curation()
    said = labels_html(rows)
    assert "Nobody touched them" in said
    assert said.count("<tr>") == 1 + len({(row.kind, row.aim, row.share) for row in rows})
    assert said.count(" points (") == said.count("<tr>") - 2  # neither the heads nor the sets that nobody touched
    planted = load_planted()
    assert all(fault.capitalize() in planted_html(planted) for fault in planted[0].found or planted[1].found)
    public = load_public()
    said = public_html(public)
    assert all(f", {row.one_patient} of one patient" in said for row in public)
    assert said.count("all of these") == len(public)
