"""The record itself: facts from the tags, immutability, what `with_pixels` takes and refuses."""

import dataclasses
import io
import time

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

import imaging
from tests.imaging.files import dicom, picture, ramp, table


@pytest.mark.parametrize(
    ("tags", "age"),
    [
        ({"PatientAge": "054Y"}, 54),
        ({"PatientAge": "018M"}, 1.5),
        ({"PatientAge": "003W"}, 21 / 365.25),
        ({"PatientAge": "010D"}, 10 / 365.25),
        ({"PatientBirthDate": "19700615", "StudyDate": "20200614"}, 49),
        ({"PatientBirthDate": "20190101", "StudyDate": "20200704"}, 1.5),
        ({"PatientBirthDate": "20200101", "StudyDate": "19990101"}, None),
        ({"PatientBirthDate": "19700615"}, None),
        ({}, None),
    ],
)
def test_age(tags, age):
    radiograph = imaging.read(dicom(ramp(), **tags))
    assert radiograph.age == (None if age is None else pytest.approx(age))
    assert imaging.read(imaging.encode(radiograph)).age == radiograph.age


def test_facts_survive_writing():
    file = dicom(
        ramp(),
        Modality="MG",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2",
        ViewPosition="MLO",
        ImageLaterality="L",
        PatientSex="F",
        PatientAge="061Y",
        ImagerPixelSpacing=[0.07, 0.07],
        QualityControlSubject="YES",
        SyntheticData="YES",
        KVP=28,
        Exposure=90,
        BodyPartExamined="BREAST",
        PatientOrientation=["A", "FR"],
    )
    radiograph = imaging.read(file)
    known = {
        "modality": "MG",
        "view": "MLO",
        "laterality": "L",
        "sex": "F",
        "age": 61.0,
        "pixel_spacing": (0.07, 0.07),
        "phantom": True,
        "grey_levels": 4096,
        "format": "DICOM",
        "suffix": ".dcm",
    }
    written = imaging.encode(radiograph)
    assert pydicom.dcmread(io.BytesIO(written)).SyntheticData == "YES"
    for each in (radiograph, imaging.read(written)):
        assert {key: getattr(each, key) for key in known} == known


@pytest.mark.parametrize(("code", "view"), [("399162004", "CC"), ("R-10226", "MLO"), ("399348003", "AP"), ("1", None)])
def test_view_from_a_code(code, view):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = code, "SCT"
    assert imaging.read(dicom(ramp(), ViewCodeSequence=[item])).view == view


def test_values_outside_the_vocabulary_are_not_taken():
    radiograph = imaging.read(
        dicom(ramp(), Modality="DOE", ViewPosition="JANE DOE", PatientSex="X", ImageLaterality="Q", PixelSpacing=[0, 1])
    )
    facts = (radiograph.modality, radiograph.view, radiograph.sex, radiograph.laterality, radiograph.pixel_spacing)
    assert facts == (None,) * 5


@pytest.mark.parametrize("file", [dicom(ramp(), PixelPaddingValue=0), picture(ramp(8).astype(np.uint8))])
def test_the_record_is_immutable(file):
    radiograph = imaging.read(file)
    for array in (radiograph.pixels, radiograph.levels, radiograph.source.stored):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        radiograph.age = 1
    before = radiograph.pixels.copy()
    altered = radiograph.with_pixels(1 - before)
    np.testing.assert_array_equal(radiograph.pixels, before)
    with pytest.raises(ValueError, match="read-only"):
        altered.pixels[0] = 0
    assert altered.sha256 == radiograph.sha256
    assert altered.pixels.dtype == np.float32


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p[:-1], r"expected pixels of shape \(64, 64\), got \(63, 64\)"),
        (lambda p: p[None], "got \\(1, 64, 64\\)"),
        (lambda p: p + 0.01, "expected pixels in \\[0, 1\\]"),
        (lambda p: p - 0.01, "expected pixels in \\[0, 1\\]"),
        (lambda p: np.where(p > 0.5, np.nan, p), "expected pixels in \\[0, 1\\], got nan"),
        (lambda p: np.where(p > 0.5, np.inf, p), "expected pixels in \\[0, 1\\]"),
    ],
)
def test_pixels_that_are_refused(change, words):
    radiograph = imaging.read(dicom(ramp()))
    with pytest.raises(ValueError, match=words):
        radiograph.with_pixels(change(radiograph.pixels))


def test_rounding_beyond_the_ends_is_taken_back():
    radiograph = imaging.read(dicom(ramp()))
    again = radiograph.with_pixels(radiograph.pixels.astype(np.float64) * (1 + 2e-6))
    np.testing.assert_array_equal(again.pixels, radiograph.pixels)


def test_a_level_shown_by_scattered_values_takes_the_nearest_of_them():
    lut = table(0, [0, 200, 100, 200, 0, 200], 8)  # neither monotone nor injective
    stored = np.array([[0, 4], [2, 5]])
    radiograph = imaging.read(dicom(stored, bits=8, VOILUTSequence=[lut]))
    np.testing.assert_allclose(radiograph.levels * 255, [0, 100, 200], atol=1e-4)
    white = radiograph.with_pixels(np.full((2, 2), 200 / 255))
    again = radiograph.source.scale.store(white.pixels, radiograph.source.stored)
    np.testing.assert_array_equal(again, [[1, 3], [1, 5]])


@pytest.mark.parametrize("window", [{}, {"WindowCenter": 30000, "WindowWidth": 40000}])
def test_a_large_film_takes_no_time(window):
    rng = np.random.default_rng(0)
    file = dicom(rng.integers(0, 65536, (3000, 2400)), bits=16, **window)
    wanted = rng.random((3000, 2400), dtype=np.float32)
    start = time.process_time()
    imaging.encode(imaging.read(file).with_pixels(wanted))
    assert time.process_time() - start < 5  # about 1 s; a loop over pixels would take a minute
