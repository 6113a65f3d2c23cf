"""Chest phantoms: the same in every process, lesions where their mask says, nuisances blind to disease, valid DICOM."""

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

from imaging import phantoms
from imaging.phantoms.thorax import lesions

SMALL = 160
ENV = dict(os.environ)


def digest(phantom):
    return hashlib.sha256(np.rint(phantom.pixels * 4095).astype("<u2").tobytes() + phantom.mask.tobytes()).hexdigest()


def test_the_same_seed_gives_the_same_film_in_another_process():
    program = (
        "import hashlib, numpy as np; from imaging import phantoms; "
        f"p = phantoms.chest(11, size={SMALL}, view='AP', age=3, sex='M', lesion='pneumonia'); "
        "b = np.rint(p.pixels * 4095).astype('<u2').tobytes() + p.mask.tobytes(); "
        "print(hashlib.sha256(b).hexdigest())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**ENV, **extra}
        )
        for extra in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    ]
    here = digest(phantoms.chest(11, size=SMALL, view="AP", age=3, sex="M", lesion="pneumonia"))
    assert {run.stdout.strip() for run in printed} == {here}


def test_global_random_state_plays_no_part():
    first = digest(phantoms.chest(3, size=SMALL))
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert digest(phantoms.chest(3, size=SMALL)) == first
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_another_seed_is_another_person():
    a, b = (phantoms.chest(seed, size=SMALL, variants=()).pixels for seed in (1, 2))
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] < 0.99


def test_the_film_is_as_described():
    phantom = phantoms.chest(5, size=SMALL, view="AP", age=61, sex="M")
    assert phantom.pixels.shape == phantom.mask.shape == (SMALL, SMALL)
    assert phantom.pixels.dtype == np.float32
    assert phantom.mask.dtype == bool
    assert 0 <= phantom.pixels.min() < phantom.pixels.max() <= 1
    assert (phantom.view, phantom.age, phantom.sex, phantom.lesion, phantom.label) == ("AP", 61, "M", None, "normal")
    assert not phantom.mask.any()
    assert 250 < phantom.spacing[0] * SMALL < 560  # an adult's film, in mm
    with pytest.raises(AttributeError):
        phantom.age = 3


@pytest.mark.parametrize(("age", "view"), [(44, "PA"), (70, "AP"), (2.5, "AP")])
def test_it_looks_like_a_chest(age, view):
    """Dark lungs on both sides of a bright middle, a bright abdomen below."""
    films = np.mean([phantoms.chest(s, size=SMALL, view=view, age=age, variants=()).pixels for s in range(4)], axis=0)
    n = SMALL
    middle = films[n * 2 // 5 : n // 2]
    right, centre, left = (middle[:, int(n * x) - 6 : int(n * x) + 6].mean() for x in (0.3, 0.5, 0.72))
    abdomen = films[int(n * 0.9) :, int(n * 0.35) : int(n * 0.65)].mean()
    assert right + 0.07 < centre
    assert left + 0.05 < centre
    assert abdomen > max(right, left) + 0.2


@pytest.mark.parametrize("lesion", [*lesions.MANY, *lesions.KINDS])
@pytest.mark.parametrize("seed", [21, 22])
def test_the_lesion_is_what_changes_and_where_the_mask_says(lesion, seed):
    about = {"size": 256, "view": "PA", "age": 50, "sex": "F"}
    healthy, ill = phantoms.chest(seed, **about), phantoms.chest(seed, **about, lesion=lesion)
    assert ill.label == lesion.split()[-1]
    assert ill.place
    assert 0.0003 < ill.mask.mean() < (0.4 if lesion in ("pneumonia", *lesions.SPREAD) else 0.25)
    change = np.abs(ill.pixels - healthy.pixels)
    near = ndimage.binary_dilation(ill.mask, iterations=12)
    assert change[ill.mask].mean() > 0.02
    assert change[~near].mean() < 0.01
    assert change[ill.mask].mean() > 6 * change[~near].mean()
    assert (ill.pixels - healthy.pixels)[ill.mask].mean() > 0  # disease is brighter


@pytest.mark.parametrize("kind", lesions.SPREAD)
def test_a_pneumonia_that_has_spread_spares_no_side(kind):
    about = {"size": 128, "view": "AP", "age": 4, "sex": "F", "variants": ()}
    added = (
        sum(phantoms.chest(s, **about, lesion=kind).pixels - phantoms.chest(s, **about).pixels for s in range(8)) / 8
    )
    right, left = np.array_split(added, 2, axis=1)
    assert min(right.mean(), left.mean()) > 0.5 * max(right.mean(), left.mean()) > 0
    hila, bases = added[48:72].mean(), added[80:100].mean()
    assert hila > 1.25 * bases if kind == "perihilar pneumonia" else bases > 1.25 * hila


@pytest.mark.parametrize("about", [{"view": "PA", "age": 50, "sex": "F"}, {"view": "AP", "age": 3, "sex": "M"}])
def test_a_style_changes_how_people_look_and_neither_them_nor_their_disease(about):
    for seed in range(3):
        first, present = (
            phantoms.chest(seed, size=128, lesion="focal pneumonia", style=style, **about)
            for style in (phantoms.FIRST, phantoms.PRESENT)
        )
        assert np.abs(first.pixels - present.pixels).mean() > 0.01
        assert (first.mask & present.mask).sum() > 0.7 * (first.mask | present.mask).sum()
        for name in ("lesion", "place", "variants", "spacing"):
            assert getattr(first, name) == getattr(present, name)


def test_the_present_style_shows_a_brighter_middle_and_darker_bases():
    about = {"size": 128, "view": "PA", "age": 50, "sex": "M", "variants": ()}
    first, present = (
        np.mean([phantoms.chest(s, style=style, **about).pixels for s in range(8)], axis=0)
        for style in (phantoms.FIRST, phantoms.PRESENT)
    )
    middle, bases = (slice(36, 60), slice(58, 68)), (slice(72, 90), slice(28, 42))
    assert present[middle].mean() > first[middle].mean() + 0.04
    assert present[bases].mean() < first[bases].mean() - 0.02


def test_haze_goes_with_a_focal_pneumonia_unless_it_is_asked_for_alone():
    kinds, places = zip(*((p.lesion, p.place) for p in (_ill(s, "pneumonia") for s in range(40))), strict=True)
    assert set(kinds) == {*lesions.FOCAL, *lesions.SPREAD}
    assert all(
        (kind in lesions.FOCAL) == place.endswith("haze around") for kind, place in zip(kinds, places, strict=True)
    )
    alone = [_ill(s, "focal pneumonia") for s in range(10)]
    assert {p.lesion for p in alone} == set(lesions.FOCAL)
    assert not any("haze" in p.place for p in alone)


def _ill(seed, lesion):
    return phantoms.chest(seed, size=64, view="AP", age=4, lesion=lesion)


def test_pneumonia_has_soft_borders():
    """The added brightness fades over several millimetres instead of ending at an edge."""
    about = {"size": 256, "view": "PA", "age": 50, "sex": "M", "variants": ()}
    for seed in range(3):
        ill = phantoms.chest(seed, **about, lesion="patchy pneumonia").pixels
        added = ndimage.gaussian_filter(ill - phantoms.chest(seed, **about).pixels, 1.5)
        assert np.hypot(*np.gradient(added)).max() < 0.35 * added.max()


def test_the_disease_does_not_touch_the_rest():
    """Variants, geometry and grey curve come from streams of their own."""
    for seed in range(6):
        healthy, ill = (phantoms.chest(seed, size=128, view="AP", age=66, lesion=k) for k in (None, "pneumonia"))
        assert healthy.variants == ill.variants
        assert healthy.spacing == ill.spacing
        rim = [p.pixels[:, :5].mean() for p in (healthy, ill)]
        assert rim[0] == pytest.approx(rim[1], abs=0.01)


def test_variants_show_and_can_be_asked_for():
    plain = phantoms.chest(8, size=256, age=70, variants=())
    for variant in phantoms.VARIANTS:
        shown = phantoms.chest(8, size=256, age=70, variants=(variant,))
        assert shown.variants == (variant,)
        assert np.abs(shown.pixels - plain.pixels).max() > 0.05, variant


def test_film_size_changes_detail_not_the_person():
    small, large = (phantoms.chest(4, size=s, variants=(), lesion="pneumonia") for s in (128, 256))
    halved = large.pixels.reshape(128, 2, 128, 2).mean((1, 3))
    assert np.corrcoef(small.pixels.ravel(), halved.ravel())[0, 1] > 0.98
    assert small.mask.mean() == pytest.approx(large.mask.mean(), rel=0.1)
    assert small.spacing[0] == pytest.approx(2 * large.spacing[0])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"size": 32}, "size >= 64, got 32"),
        ({"view": "LL"}, "got 'LL'"),
        ({"sex": "X"}, "got 'X'"),
        ({"age": 140}, "got 140"),
        ({"lesion": "fracture"}, "got 'fracture'"),
        ({"variants": ("hat",)}, "got 'hat'"),
    ],
)
def test_errors_say_expected_and_got(wrong, said):
    with pytest.raises(ValueError, match="expected") as caught:
        phantoms.chest(0, **{"size": 64, **wrong})
    assert said in str(caught.value)


def test_the_file_is_a_valid_radiograph_for_presentation(tmp_path):
    phantom = phantoms.chest(9, size=SMALL, view="AP", age=1.5, sex="M", lesion="pneumonia")
    phantoms.write_dicom(phantom, tmp_path / "a.dcm")
    phantoms.write_dicom(phantom, tmp_path / "b.dcm")
    assert (tmp_path / "a.dcm").read_bytes() == (tmp_path / "b.dcm").read_bytes()
    record = pydicom.dcmread(tmp_path / "a.dcm")
    assert record.SOPClassUID.name == "Digital X-Ray Image Storage - For Presentation"
    assert record.file_meta.TransferSyntaxUID.name == "JPEG-LS Lossless Image Compression"
    assert np.array_equal(record.pixel_array, np.rint(phantom.pixels * 4095))
    assert (record.BitsAllocated, record.BitsStored, record.HighBit, record.PixelRepresentation) == (16, 12, 11, 0)
    assert (record.Modality, record.PhotometricInterpretation) == ("DX", "MONOCHROME2")
    assert (record.PatientSex, record.PatientAge, record.ViewPosition) == ("M", "018M", "AP")
    assert record.PixelSpacing == pytest.approx(phantom.spacing, abs=1e-5)
    assert record.QualityControlSubject == record.QualityControlImage == record.SyntheticData == "YES"
    assert str(record.PatientName) == "PHANTOM^CHEST"
    assert record.PatientBirthDate == record.StudyDate == ""


REQUIRED = [  # type 1 in PS3.3 A.26
    "PresentationIntentType",
    "ImageType",
    "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "PresentationLUTShape",
    "LossyImageCompression",
    "BurnedInAnnotation",
    "ImagerPixelSpacing",
    "ImageLaterality",
    "AnatomicRegionSequence",
    "PatientOrientation",
    "WindowCenter",
    "WindowWidth",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
    "InstanceNumber",
    "BodyPartExamined",
]


@pytest.mark.parametrize("keyword", REQUIRED)
def test_required_attributes_have_a_value(keyword, record):
    assert record[keyword].value not in (None, "")


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("dicom") / "x.dcm"
    phantoms.write_dicom(phantoms.chest(2, size=64), path)
    return pydicom.dcmread(path)


@pytest.mark.parametrize(("age", "said"), [(0.5, "006M"), (2, "002Y"), (93.9, "093Y")])
def test_age_is_written_as_the_standard_wants(tmp_path, age, said):
    phantoms.write_dicom(phantoms.chest(2, size=64, age=age), tmp_path / "x.dcm")
    assert pydicom.dcmread(tmp_path / "x.dcm").PatientAge == said


def test_a_cohort_has_the_mix_that_was_asked_for():
    crowd = list(phantoms.people(1000, seed=5, prevalence=0.3))
    assert Counter(p["lesion"] for p in crowd) == {"pneumonia": 300, None: 700}
    assert 0.35 < np.mean([p["age"] < 6 for p in crowd]) < 0.45
    assert 0.45 < np.mean([p["sex"] == "F" for p in crowd]) < 0.55
    assert all(p["view"] == "AP" for p in crowd if p["age"] < 6)
    assert 0.28 < np.mean([p["view"] == "AP" for p in crowd if p["age"] >= 16]) < 0.42
    assert all(1 <= p["age"] < 6 or 16 <= p["age"] <= 92 for p in crowd)
    assert len({p["seed"] for p in crowd}) == 1000
    ill = np.array([p["lesion"] is not None for p in crowd])
    for trait in ("age", "sex", "view"):
        value = np.array([{"F": 1.0, "M": 0.0, "AP": 1.0, "PA": 0.0}.get(p[trait], p[trait]) for p in crowd])
        error = np.sqrt(value[ill].var() / ill.sum() + value[~ill].var() / (~ill).sum())
        assert abs(value[ill].mean() - value[~ill].mean()) < 3 * error, trait


def test_all_or_none_can_be_ill():
    assert all(p["lesion"] for p in phantoms.people(5, seed=0, prevalence=1.0))
    assert not any(p["lesion"] for p in phantoms.people(5, seed=0, prevalence=0.0))
    with pytest.raises(ValueError, match="from 0 to 1"):
        next(phantoms.people(5, seed=0, prevalence=1.5))


@pytest.fixture(scope="module")
def crowd():
    return list(phantoms.cohort(40, seed=5, size=64))


def test_a_cohort_hides_disease_from_everything_but_the_lungs(crowd):
    """Differences between ill and well in what else is on the film stay within three standard errors."""
    ill = np.array([p.label == "pneumonia" for p in crowd])
    lines = {"central line", "electrodes", "breathing tube", "feeding tube", "pacemaker"}
    for name, trait in {
        "devices": [bool(lines & set(p.variants)) for p in crowd],
        "rotation": ["rotation" in p.variants for p in crowd],
        "edge": [p.pixels[:, :3].mean() for p in crowd],
    }.items():
        a, b = (np.asarray(trait, dtype=float)[which] for which in (ill, ~ill))
        error = np.sqrt(a.var() / len(a) + b.var() / len(b)) + 1e-9
        assert abs(a.mean() - b.mean()) < 3 * error, name


def test_a_cohort_starts_the_same_every_time():
    first, second = (next(phantoms.cohort(3, seed=8, size=64)) for _ in range(2))
    assert digest(first) == digest(second)
    assert digest(first) != digest(next(phantoms.cohort(3, seed=9, size=64)))


def test_a_cohort_on_disk_matches_its_table(tmp_path):
    table = phantoms.write_cohort(4, seed=1, directory=tmp_path / "out", size=64)
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    expected = list(phantoms.cohort(4, seed=1, size=64))
    assert [r["label"] for r in rows] == [p.label for p in expected]
    for row, phantom in zip(rows, expected, strict=True):
        record = pydicom.dcmread(table.parent / row["path"])
        assert np.array_equal(record.pixel_array, np.rint(phantom.pixels * 4095))
        assert (row["view"], row["sex"], float(row["age"])) == (phantom.view, phantom.sex, phantom.age)
        assert row["patient"] == record.PatientID
        if phantom.lesion:
            assert np.array_equal(np.asarray(Image.open(table.parent / row["mask"])), phantom.mask)
        else:
            assert row["mask"] == row["lesion"] == ""


def test_only_chests_for_now():
    with pytest.raises(ValueError, match='expected modality "chest"'):
        next(phantoms.cohort(1, seed=0, modality="foot"))
