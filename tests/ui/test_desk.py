"""Which models read what is on the desk."""

import io

import numpy as np
import pytest
from PIL import Image

import models
from imaging import gallery
from ui.live.attacker import start
from ui.live.desk import Desk
from ui.live.wishes import Request

both = pytest.mark.skipif("mammogram" not in models.modalities(), reason="no model reads mammograms")

CASES = {kind: next(case for case in gallery.cases() if case.modality == kind) for kind in ("chest", "mammogram")}


def picture():
    data = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (96, 80), dtype=np.uint8)).save(data, "PNG")
    return data.getvalue()


@both
def test_a_bundled_case_brings_its_models():
    desk = Desk()
    for kind, case in CASES.items():
        desk.open_case(case)
        assert desk.models == (f"{kind}-undefended",)
        assert desk.defended == f"{kind}-defended"


@both
def test_ones_own_dicom_says_what_it_is():
    desk = Desk()
    desk.open(CASES["mammogram"].path.read_bytes(), "Your film")
    assert (desk.case, desk.modality) == (None, "mammogram")
    desk.open(CASES["chest"].path.read_bytes(), "Your film")
    assert desk.modality == "chest"


@both
def test_a_picture_is_read_by_the_models_of_the_choice_that_stands():
    desk = Desk()
    desk.open_case(CASES["mammogram"])
    desk.open(picture(), "Your film")
    assert desk.modality == "mammogram"
    film = desk.film
    desk.read_as("chest")
    assert (desk.modality, desk.film, desk.request) == ("chest", film, None)


@both
def test_another_kind_of_bundled_case_opens_its_first():
    desk = Desk()
    desk.open_case(CASES["chest"])
    desk.read_as("mammogram")
    assert desk.case == CASES["mammogram"]
    desk.read_as("mammogram")
    assert desk.case == CASES["mammogram"]


@both
def test_turning_to_another_window_keeps_the_choice():
    desk = Desk()
    desk.open(CASES["mammogram"].path.read_bytes(), "Your film")
    desk.read_as("chest")
    desk.turn_to(window=0, frame=0)
    assert desk.modality == "chest"


def test_a_mammogram_in_front_of_a_chest_model_is_no_secret():
    desk = Desk()
    desk.open(CASES["mammogram"].path.read_bytes(), "Your film")
    desk.modality = "chest"
    assert any("mammogram" in warning for warning in desk.warnings)
    desk.open_case(CASES["chest"])
    assert not any("mammogram" in warning for warning in desk.warnings)


def test_an_attack_is_kept_where_the_person_said():
    desk = Desk()
    desk.open_case(CASES["chest"])
    assert "border" in desk.regions
    for name, mask in desk.regions.items():
        desk.request = Request(region=name)
        assert desk.attack_on(desk.undefended).region.mask is mask
    desk.request = Request()
    assert desk.attack_on(desk.undefended).region is None


def test_a_film_without_a_frame_or_a_marked_lesion_offers_no_place():
    desk = Desk()
    desk.open(picture(), "Your film")
    assert desk.regions == {}


def test_a_mammogram_starts_with_a_smaller_change_than_a_chest_and_never_below_what_its_file_stores():
    assert [start(kind, fine=True) for kind in models.modalities()] == [2.0, 0.5]
    assert [start(kind, fine=False) for kind in models.modalities()] == [2.0, 1.0]
