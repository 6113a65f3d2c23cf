"""Mammogram phantoms: the same in every process, lesions where their mask says, density as asked, valid DICOM."""

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pydicom
import pytest
from PIL import Image
from scipy import ndimage

from imaging import phantoms, read
from imaging.phantoms.breast import lesions, lookalikes, rays, shape, tissue

SMALL = 160


def draw(seed, **about):
    return phantoms.mammogram(seed, **{"size": SMALL, **about})


def digest(phantom):
    return hashlib.sha256(np.rint(phantom.pixels * 4095).astype("<u2").tobytes() + phantom.mask.tobytes()).hexdigest()


def test_the_same_seed_gives_the_same_film_in_another_process():
    program = (
        "import hashlib, numpy as np; from imaging import phantoms; "
        f"p = phantoms.mammogram(11, size={SMALL}, view='CC', laterality='R', density='c', lesion='cancer'); "
        "b = np.rint(p.pixels * 4095).astype('<u2').tobytes() + p.mask.tobytes(); "
        "print(hashlib.sha256(b).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": salt},
        ).stdout.strip()
        for salt in "12"
    }
    assert printed == {digest(draw(11, view="CC", laterality="R", density="c", lesion="cancer"))}


def test_another_seed_is_another_woman():
    a, b = (draw(seed, variants=()).pixels for seed in (1, 2))
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] < 0.99


def test_the_film_is_as_described():
    phantom = draw(5, view="CC", laterality="R", age=61, density="c")
    assert phantom.pixels.shape == phantom.mask.shape == (SMALL, 3 * SMALL // 4)
    assert phantom.pixels.dtype == np.float32
    assert phantom.mask.dtype == bool
    assert 0 <= phantom.pixels.min() < phantom.pixels.max() <= 1
    assert (phantom.view, phantom.laterality, phantom.age, phantom.sex) == ("CC", "R", 61, "F")
    assert (phantom.density, phantom.lesion, phantom.label) == ("c", None, "normal")
    assert not phantom.mask.any()
    assert phantom.spacing[0] * SMALL in (240, 300)  # film height in mm
    assert 25 < phantom.thickness < 85


@pytest.mark.parametrize("view", ["CC", "MLO"])
@pytest.mark.parametrize("side", ["L", "R"])
def test_the_breast_comes_from_its_side_of_a_black_film(view, side):
    for seed in range(4):
        pixels = draw(seed, view=view, laterality=side).pixels
        pixels = pixels if side == "L" else pixels[:, ::-1]
        middle = pixels[SMALL // 3 : 2 * SMALL // 3]
        assert middle[:, :20].mean() > 0.2
        assert middle[:, -10:].mean() < 0.05


def test_the_muscle_shows_in_the_oblique_view():
    """Bright in the upper corner of nearly every MLO, where a CC film has nothing."""
    corner = {view: [draw(s, view=view).pixels[:16, :8].mean() for s in range(6)] for view in ("MLO", "CC")}
    assert min(corner["MLO"]) > 0.4
    assert np.mean(corner["CC"]) < 0.2


def test_density_is_monotone():
    """The mean share of gland inside the breast rises from a to d in every one of these women."""
    for seed in range(4):
        shares = []
        for density in "abcd":
            s = shape.sample(np.random.default_rng(seed), SMALL, "MLO", 55, "b")
            t = tissue.sample(np.random.default_rng(seed + 50), s, density)
            inside = (s.depth > 9) & (s.behind < 0)
            shares.append(rays.fill(t, s, inside, s.x[inside], s.y[inside])[0][inside].mean())
        assert np.all(np.diff(shares) > 0.02), shares


def test_denser_breasts_hold_more_that_is_bright():
    """On the finished film too: what rises above the fat, in the mean of several women."""
    bright = []
    for density in "abcd":
        films = [draw(s, view="CC", density=density, variants=()).pixels for s in range(8)]
        bright.append(np.mean([(f[:, : SMALL // 3] > 0.6).mean() for f in films]))
    assert np.all(np.diff(bright) > 0), bright


KINDS = [*lesions.KINDS, "mass", "cancer"]


@pytest.mark.parametrize("lesion", KINDS)
@pytest.mark.parametrize(("seed", "view", "side"), [(21, "MLO", "L"), (22, "CC", "R")])
def test_the_lesion_is_what_changes_and_where_the_mask_says(lesion, seed, view, side):
    about = {"size": 384, "view": view, "laterality": side, "density": "b"}
    healthy, ill = draw(seed, **about), draw(seed, **about, lesion=lesion)
    assert ill.label == "suspicious"
    assert ill.lesion in lesions.GROUPS.get(lesion, (lesion,))
    assert healthy.variants == ill.variants
    change = np.abs(ill.pixels - healthy.pixels)
    near = ndimage.binary_dilation(ill.mask, iterations=8)
    assert change[ill.mask].sum() > 0.55 * change.sum()
    assert change[near].sum() > 0.78 * change.sum()  # the rest is scatter and edge enhancement around it
    assert change[ill.mask].mean() > 200 * change[~near].mean()
    extent = ill.mask.sum() * ill.spacing[0] ** 2
    assert 15 < extent < 2500  # mm²
    if ill.lesion != "architectural distortion":  # which moves tissue and adds little
        assert (ill.pixels - healthy.pixels)[ill.mask].mean() > 0


def test_place_says_where_the_mask_is():
    """A film of a left breast, chest wall left: the outer half of a CC and the upper half of an MLO are above."""
    for seed in range(14):
        view = "CC" if seed % 2 else "MLO"
        ill = draw(seed, view=view, lesion="indistinct mass")
        part, distance = ill.place.removesuffix(" mm from the nipple").rsplit(", ", 1)
        row = np.argwhere(ill.mask)[:, 0].mean() / SMALL
        assert 0 < int(distance) < 200
        assert part in {"upper half", "lower half", "outer half", "inner half", "central", "behind the nipple"}
        if part in ("upper half", "outer half"):
            assert row < 0.75
        if part in ("lower half", "inner half"):
            assert row > 0.4
        if " half" in part:
            assert part.split()[0] in {"MLO": ("upper", "lower"), "CC": ("outer", "inner")}[view]


def test_cancers_prefer_the_upper_outer_breast_and_the_gland():
    halves, chosen, everywhere = Counter(), [], []
    for seed in range(12):
        s = shape.sample(np.random.default_rng(seed), 128, ("CC", "MLO")[seed % 2], 55, "b")
        t = tissue.sample(np.random.default_rng(seed + 99), s, "b")
        inside = s.depth > 0.3
        gland = rays.fill(t, s, inside, s.x[inside], s.y[inside])[0]
        for own in range(40):
            x, y = lesions.place(s, gland, np.random.default_rng([seed, own]))
            halves[lesions.where(s, (x, y)).split()[0]] += 1
            row, column = int(y / s.pixel), int(x / s.pixel)
            assert s.depth[row, column] > 5
            chosen.append(gland[row, column])
        everywhere.append(gland[s.depth > 9].mean())
    assert halves["upper"] + halves["outer"] > 1.3 * (halves["lower"] + halves["inner"])
    assert np.mean(chosen) > 1.2 * np.mean(everywhere)


def test_masses_are_as_large_as_in_life():
    """Of 5 to 30 mm across, most of 8 to 20."""
    across = []
    for seed in range(14):
        ill = draw(seed, lesion="irregular mass", size=192)
        across.append(2 * np.sqrt(ill.mask.sum() * ill.spacing[0] ** 2 / np.pi))
    assert min(across) > 5
    assert max(across) < 40
    assert 8 < np.median(across) < 20


def test_cancers_come_as_often_as_in_life():
    rng = np.random.default_rng(0)
    found = Counter(lesions.choose("cancer", rng) for _ in range(3000))
    assert sum(lesions.OFTEN.values()) == pytest.approx(1)
    for kind, share in lesions.OFTEN.items():
        assert found[kind] / 3000 == pytest.approx(share, abs=0.03)
    assert set(found) == set(lesions.KINDS)
    assert {lesions.choose("mass", rng) for _ in range(60)} == set(lesions.GROUPS["mass"])


def test_lookalikes_show_and_can_be_asked_for():
    for kind in lookalikes.KINDS:
        about = {"size": 256, "age": 70, "density": "a"}
        plain, shown = draw(8, **about, variants=()), draw(8, **about, variants=(kind,))
        assert shown.variants == (kind,)
        assert shown.label == "normal"
        assert not shown.mask.any()
        assert np.abs(shown.pixels - plain.pixels).max() > 0.03, kind


def test_one_lookalike_does_not_move_another():
    both = draw(8, size=320, age=70, variants=("cyst", "skin fold")).pixels
    cyst, fold, none = (draw(8, size=320, age=70, variants=v).pixels for v in (("cyst",), ("skin fold",), ()))
    apart = (np.abs(cyst - none) > 0.01) & (np.abs(fold - none) < 0.001)
    assert apart.any()
    assert np.abs(both - cyst)[apart].max() < 0.01


def test_arteries_calcify_late():
    assert lookalikes.often("vascular calcification", "CC", 45) == 0
    assert lookalikes.often("vascular calcification", "CC", 80) > 0.3
    assert lookalikes.often("cyst", "CC", 80) < lookalikes.often("cyst", "CC", 45)


@pytest.mark.parametrize(("seed", "view"), [(4, "MLO"), (7, "CC")])
def test_film_size_changes_detail_not_the_woman(seed, view):
    small, large = (draw(seed, size=s, view=view, lesion="mass") for s in (192, 384))
    halved = large.pixels.reshape(192, 2, 144, 2).mean((1, 3))
    assert np.corrcoef(small.pixels.ravel(), halved.ravel())[0, 1] > 0.995
    assert small.mask.mean() == pytest.approx(large.mask.mean(), rel=0.15)
    assert small.variants == large.variants
    assert small.place.split(",")[0] == large.place.split(",")[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"size": 32}, "size >= 64, got 32"),
        ({"view": "LL"}, "got 'LL'"),
        ({"laterality": "B"}, "got 'B'"),
        ({"density": "e"}, "got 'e'"),
        ({"age": 12}, "got 12"),
        ({"lesion": "nodule"}, "got 'nodule'"),
        ({"variants": ("hat",)}, "got 'hat'"),
    ],
)
def test_errors_say_expected_and_got(wrong, said):
    with pytest.raises(ValueError, match="expected") as caught:
        draw(0, **{"size": 64, **wrong})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("view", "side", "runs", "code"),
    [
        ("CC", "L", ["A", "R"], "399162004"),
        ("CC", "R", ["P", "L"], "399162004"),
        ("MLO", "L", ["A", "FR"], "399368009"),
        ("MLO", "R", ["P", "FL"], "399368009"),
    ],
)
def test_the_file_is_a_valid_mammogram_for_presentation(tmp_path, view, side, runs, code):
    """Required values and codes of PS3.3 A.27, C.8.11.7 and PS3.16 CID 4014."""
    phantom = draw(9, view=view, laterality=side, age=57, lesion="cancer")
    for name in ("a.dcm", "b.dcm"):
        phantoms.write_dicom(phantom, tmp_path / name)
    assert (tmp_path / "a.dcm").read_bytes() == (tmp_path / "b.dcm").read_bytes()
    record = pydicom.dcmread(tmp_path / "a.dcm")
    assert record.SOPClassUID.name == "Digital Mammography X-Ray Image Storage - For Presentation"
    assert np.array_equal(record.pixel_array, np.rint(phantom.pixels * 4095))
    assert (record.Modality, record.ViewPosition, record.ImageLaterality) == ("MG", view, side)
    assert (record.ViewCodeSequence[0].CodeValue, list(record.PatientOrientation)) == (code, runs)
    assert "ViewModifierCodeSequence" in record.ViewCodeSequence[0]
    assert (record.PositionerType, record.OrganExposed, record.BodyPartExamined) == ("MAMMOGRAPHIC", "BREAST", "BREAST")
    assert (record.BreastImplantPresent, record.PartialView) == ("NO", "NO")
    assert record.AnatomicRegionSequence[0].CodeValue == "76752008"
    assert record.BodyPartThickness == pytest.approx(phantom.thickness, abs=0.1)
    assert record.QualityControlSubject == record.QualityControlImage == record.SyntheticData == "YES"
    radiograph = read(tmp_path / "a.dcm")
    assert (radiograph.modality, radiograph.view, radiograph.laterality) == ("MG", view, side)
    assert (radiograph.age, radiograph.sex, radiograph.phantom) == (57, "F", True)
    assert radiograph.pixel_spacing == pytest.approx(phantom.spacing)
    assert np.abs(radiograph.pixels - phantom.pixels).max() < 1 / 4000


def test_a_cohort_has_the_mix_that_was_asked_for():
    crowd = list(phantoms.people(1200, seed=5, modality="mammogram", prevalence=0.25))
    assert Counter(p["lesion"] for p in crowd) == {"cancer": 300, None: 900}
    assert len({p["seed"] for p in crowd}) == 1200
    assert all(35 <= p["age"] <= 91 for p in crowd)
    assert Counter(p["view"] for p in crowd)["CC"] == pytest.approx(600, abs=60)
    assert Counter(p["laterality"] for p in crowd)["L"] == pytest.approx(600, abs=60)
    dense = {old: np.mean([p["density"] in "cd" for p in crowd if (p["age"] > 60) == old]) for old in (True, False)}
    assert dense[True] + 0.1 < dense[False]
    ill = np.array([p["lesion"] is not None for p in crowd])
    for trait in ("age", "view", "laterality", "density"):
        value = np.array([float(p[trait]) if trait == "age" else float(p[trait] in "CCLcd") for p in crowd])
        error = np.sqrt(value[ill].var() / ill.sum() + value[~ill].var() / (~ill).sum())
        assert abs(value[ill].mean() - value[~ill].mean()) < 3 * error, trait


def test_kind_and_density_can_be_asked_for():
    mix = {"lesion": "spiculated mass", "densities": (0.0, 0.5, 0.5, 0.0), "prevalence": 1.0}
    crowd = list(phantoms.people(300, seed=2, modality="mammogram", **mix))
    assert {p["lesion"] for p in crowd} == {"spiculated mass"}
    assert Counter(p["density"] for p in crowd)["b"] == pytest.approx(150, abs=40)
    assert {p["density"] for p in crowd} == {"b", "c"}
    with pytest.raises(ValueError, match="add up to 1"):
        next(phantoms.people(3, seed=0, modality="mammogram", densities=(0.5, 0.5, 0.5, 0.5)))


def test_a_cohort_on_disk_matches_its_table(tmp_path):
    table = phantoms.write_cohort(4, seed=1, directory=tmp_path / "out", modality="mammogram", size=128)
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    expected = list(phantoms.cohort(4, seed=1, modality="mammogram", size=128))
    assert [r["label"] for r in rows] == [p.label for p in expected]
    assert Counter(r["label"] for r in rows) == {"normal": 2, "suspicious": 2}
    for row, phantom in zip(rows, expected, strict=True):
        record = pydicom.dcmread(table.parent / row["path"])
        assert np.array_equal(record.pixel_array, np.rint(phantom.pixels * 4095))
        assert (row["view"], row["laterality"], row["density"]) == (phantom.view, phantom.laterality, phantom.density)
        assert (row["lesion"], row["place"]) == (phantom.lesion or "", phantom.place)
        assert row["patient"] == record.PatientID
        if phantom.lesion:
            assert np.array_equal(np.asarray(Image.open(table.parent / row["mask"])), phantom.mask)
        else:
            assert row["mask"] == ""


def test_nothing_is_drawn_before_it_is_asked_for():
    """A cohort of a million starts at once: phantoms stream, none is kept."""
    many = phantoms.cohort(1_000_000, seed=3, modality="mammogram", size=64)
    assert next(many).seed != next(many).seed
