"""The bundled cases: complete, instantly listed, and drawn again from the table byte for byte."""

import io
import json
import subprocess
import sys
import time

import numpy as np
import pydicom
import pytest
from PIL import Image

from imaging import gallery, read
from imaging.phantoms.breast import lesions, lookalikes

CASES = gallery.cases()
IDS = [case.id for case in CASES]
GIVEAWAYS = (
    "pneumonia",
    "normal",
    "healthy",
    "phantom",
    "opacity",
    "suspicious",
    "cyst",
    "benign",
    "calcif",
    "distort",
)


CHESTS, BREASTS = ([case for case in CASES if case.modality == m] for m in ("chest", "mammogram"))
SIDES = {"upper half": "MLO", "lower half": "MLO", "outer half": "CC", "inner half": "CC"}


def test_half_is_normal_and_everybody_is_there():
    assert len(CASES) == len(set(IDS)) == 36
    assert sorted(case.label for case in CHESTS) == ["normal"] * 10 + ["pneumonia"] * 10
    for label in ("normal", "pneumonia"):
        group = [case for case in CHESTS if case.label == label]
        assert {case.sex for case in group} == {"F", "M"}
        assert {case.view for case in group} == {"PA", "AP"}
        assert sum(case.age < 6 for case in group) == 3
        assert sum(case.age > 65 for case in group) >= 2
        assert {(case.laterality, case.density) for case in group} == {(None, None)}


def test_the_breasts_are_varied_too():
    assert sorted(case.label for case in BREASTS) == ["normal"] * 8 + ["suspicious"] * 8
    for label in ("normal", "suspicious"):
        group = [case for case in BREASTS if case.label == label]
        assert {case.view for case in group} == {"CC", "MLO"}
        assert {case.laterality for case in group} == {"L", "R"}
        assert {case.density for case in group} == set("abcd")
        assert {case.sex for case in group} == {"F"}
        assert min(case.age for case in group) < 52 < 65 < max(case.age for case in group)
    rows = [
        row["phantom"] for row in json.loads(gallery.TABLE.read_text(encoding="utf-8")) if "density" in row["phantom"]
    ]
    assert {row["lesion"] for row in rows} == {None, *lesions.KINDS}
    assert {v for row in rows for v in row["variants"]} >= set(lookalikes.KINDS) - {"skin fold"}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_words_are_there_and_the_title_gives_nothing_away(case):
    for words in (case.title, case.history, case.look_for):
        assert words.strip() == words
        assert words
    shown_before_reading = f"{case.title} {case.history}".lower()
    assert not any(word in shown_before_reading for word in GIVEAWAYS)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_file_is_the_person_of_the_table(case):
    assert case.path.stat().st_size <= 1_000_000
    radiograph = read(case.path)
    assert radiograph.phantom
    assert radiograph.pixels.shape == gallery.SIZES[case.modality]
    kind = {"chest": "DX", "mammogram": "MG"}[case.modality]
    assert (radiograph.sex, radiograph.view, radiograph.modality) == (case.sex, case.view, kind)
    assert radiograph.laterality == (case.laterality or "U")
    assert radiograph.age == pytest.approx(int(case.age) if case.age >= 2 else case.age)
    assert radiograph.grey_levels == 4096


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_masks_mark_disease_and_only_disease(case):
    mask = case.lesion_mask()
    if case.label == "normal":
        assert mask is None
        return
    assert mask.dtype == bool
    assert mask.shape == gallery.SIZES[case.modality]
    if case.modality == "chest":
        assert 0.005 < mask.mean() < 0.3
        left = np.argwhere(mask)[:, 1].mean() > mask.shape[1] / 2  # the patient's left is on the right
        assert ("left" if left else "right") in case.look_for or "both" in case.look_for.lower()
    else:
        assert 0.001 < mask.mean() < 0.05
        assert any(side in case.look_for.lower() and view == case.view for side, view in SIDES.items())


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_thumbnails_show_the_film_and_are_small(case):
    assert case.thumbnail.stat().st_size <= 12_000
    small = np.asarray(Image.open(case.thumbnail), dtype=float)
    film = Image.fromarray((pydicom.dcmread(case.path).pixel_array / 4095 * 255).astype(np.uint8))
    assert np.abs(small - np.asarray(film.resize(small.shape[::-1]), dtype=float)).mean() < 4


@pytest.mark.parametrize("name", ["chest-02", "chest-14", "mammogram-07", "mammogram-12"])
def test_the_command_draws_the_same_file_again(name, tmp_path):
    """Decoded pixels may differ by one stored unit on another processor, whose arithmetic rounds otherwise."""
    case = next(case for case in CASES if case.id == name)
    gallery.build(tmp_path, only=name)
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in gallery.FOLDER.glob(f"{name}.*")}
    old, new = (pydicom.dcmread(path).pixel_array.astype(int) for path in (case.path, tmp_path / case.path.name))
    assert np.abs(old - new).max() <= 1
    assert (old != new).mean() < 0.01
    without_pixels = []
    for path in (case.path, tmp_path / case.path.name):
        record = pydicom.dcmread(path)
        del record.PixelData
        record.save_as(buffer := io.BytesIO())
        without_pixels.append(buffer.getvalue())
    assert without_pixels[0] == without_pixels[1]
    if case.label != "normal":
        again = np.asarray(Image.open(tmp_path / f"{name}.mask.png"))
        assert (again != case.lesion_mask()).mean() < 1e-4


def test_listing_loads_no_pixel_and_none_of_the_generator():
    program = (
        "import sys; from imaging import gallery; cases = gallery.cases(); "
        "heavy = {'torch', 'imaging.phantoms'} & set(sys.modules); print(len(cases), sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "36 []"


def test_listing_is_quick():
    """Against reading one of the films, which it must not do."""
    start = time.process_time()
    gallery.cases()
    listed = time.process_time() - start
    start = time.process_time()
    read(CASES[0].path)
    assert listed < time.process_time() - start


def test_the_table_has_nothing_but_what_is_used():
    rows = json.loads(gallery.TABLE.read_text(encoding="utf-8"))
    for row in rows:
        assert set(row) == {"id", "title", "history", "look_for", "phantom"}
        who = {"sex"} if row["id"].startswith("chest") else {"laterality", "density"}
        assert set(row["phantom"]) == {"seed", "view", "age", "lesion", "variants"} | who
    expected = {"cases.json"} | {f"{i}.dcm" for i in IDS} | {f"{i}.jpg" for i in IDS}
    expected |= {f"{case.id}.mask.png" for case in CASES if case.label != "normal"}
    assert {path.name for path in gallery.FOLDER.iterdir()} == expected
