"""From stored values to the screen, against the formulas of DICOM PS3.3 worked out value by value."""

import math

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian

import imaging
from tests.imaging.files import dicom, ramp, table

STORED = np.array([[0, 100, 1000], [2000, 3000, 4095]])


def linear(x, centre, width):
    """The pseudo-code of C.11.2.1.2.1 with output 0 to 1."""
    if x <= centre - 0.5 - (width - 1) / 2:
        return 0.0
    if x > centre - 0.5 + (width - 1) / 2:
        return 1.0
    return (x - (centre - 0.5)) / (width - 1) + 0.5


def linear_exact(x, centre, width):
    """The pseudo-code of C.11.2.1.3.2."""
    if x <= centre - width / 2:
        return 0.0
    return 1.0 if x > centre + width / 2 else (x - centre) / width + 0.5


def sigmoid(x, centre, width):
    """The formula of C.11.2.1.3.1."""
    return 1 / (1 + math.exp(min(-4 * (x - centre) / width, 700)))


@pytest.mark.parametrize("function", [linear, linear_exact, sigmoid])
@pytest.mark.parametrize(("centre", "width"), [(2048, 4096), (1500, 1000), (40, 400), (2000.5, 3), (1000, 1)])
@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (0.5, -100), (-1, 4095)])
def test_windows(function, centre, width, slope, intercept):
    file = dicom(
        STORED,
        WindowCenter=centre,
        WindowWidth=width,
        VOILUTFunction=function.__name__.upper(),
        RescaleSlope=slope,
        RescaleIntercept=intercept,
    )
    expected = [[function(slope * x + intercept, centre, width) for x in row] for row in STORED.tolist()]
    if np.ptp(expected) > 0:  # a window that hides everything is not used, see test_bad_input
        np.testing.assert_allclose(imaging.read(file).pixels, expected, atol=1e-6)


def test_monochrome1_and_presentation_inverse_invert_once():
    plain = imaging.read(dicom(STORED, WindowCenter=2048, WindowWidth=4096)).pixels
    for tags in (
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"PresentationLUTShape": "INVERSE"},
        {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"},
    ):
        inverted = imaging.read(dicom(STORED, WindowCenter=2048, WindowWidth=4096, **tags)).pixels
        np.testing.assert_allclose(inverted, 1 - plain, atol=1e-7)


def test_several_windows_can_be_chosen_by_index():
    file = dicom(
        STORED,
        WindowCenter=[2048, 1000],
        WindowWidth=[4096, 2001],
        WindowCenterWidthExplanation=["NORMAL", "JANE DOE"],
    )
    first, second = imaging.read(file), imaging.read(file, window=1)
    assert first.windows == second.windows == ("Normal (centre 2048, width 4096)", "Window (centre 1000, width 2001)")
    assert (first.window, second.window) == (0, 1)
    np.testing.assert_allclose(second.pixels[0], [0.00025, 0.05025, 0.50025], atol=1e-6)


def test_voi_table_comes_before_windows():
    lut = table(100, [0, 10, 20, 255], 8)
    lut.LUTExplanation = "HARDER"
    file = dicom(np.array([[0, 100, 101], [102, 103, 4095]]), VOILUTSequence=[lut], WindowCenter=2048, WindowWidth=4096)
    radiograph = imaging.read(file)
    assert radiograph.windows == ("Harder table", "Window (centre 2048, width 4096)")
    np.testing.assert_allclose(radiograph.pixels * 255, [[0, 0, 10], [20, 255, 255]], atol=1e-4)


@pytest.mark.parametrize("syntax", [None, ExplicitVRBigEndian])
def test_modality_table_is_applied_before_the_window(syntax):
    lut = table(0, [0, 1000, 3000, 4000], 12)
    lut.ModalityLUTType = "US"
    stored = np.array([[0, 1], [2, 3]])
    file = dicom(stored, ModalityLUTSequence=[lut], WindowCenter=2000, WindowWidth=4000, VOILUTFunction="LINEAR_EXACT")
    if syntax:
        lut["LUTData"].value = np.array([0, 1000, 3000, 4000], ">u2").tobytes()
        file = dicom(
            stored.astype(">u2").view("<u2"),
            ModalityLUTSequence=[lut],
            WindowCenter=2000,
            WindowWidth=4000,
            VOILUTFunction="LINEAR_EXACT",
            syntax=syntax,
        )
    np.testing.assert_allclose(imaging.read(file).pixels, [[0, 0.25], [0.75, 1]], atol=1e-6)


def test_table_over_signed_values():
    lut = table(-2, [0, 50, 100, 150, 200], 8, vr="SS")
    file = dicom(np.array([[-100, -2, -1], [0, 1, 100]]), signed=True, VOILUTSequence=[lut])
    np.testing.assert_allclose(imaging.read(file).pixels * 255, [[0, 0, 50], [100, 150, 200]], atol=1e-4)


def test_a_file_without_window_shows_the_range_that_it_uses():
    radiograph = imaging.read(dicom(np.array([[500, 1000], [1500, 2500]]), bits=16))
    np.testing.assert_allclose(radiograph.pixels, [[0, 0.25], [0.5, 1]], atol=1e-6)
    assert radiograph.windows == ("Full range",)
    assert radiograph.grey_levels == 65536
    assert radiograph.stored_units_per_level == pytest.approx(2000 / 255, abs=1e-5)


def test_eight_bits_without_window_are_what_the_screen_shows():
    radiograph = imaging.read(dicom(np.array([[51, 102], [153, 204]]), bits=8))
    np.testing.assert_allclose(radiograph.pixels, [[0.2, 0.4], [0.6, 0.8]], atol=1e-6)
    assert radiograph.stored_units_per_level == 1


def test_twelve_bits_over_their_whole_range():
    assert imaging.read(dicom(ramp(12))).stored_units_per_level == pytest.approx(16.0588, abs=1e-3)
    windowed = imaging.read(dicom(ramp(12), WindowCenter=2000.5, WindowWidth=1021))
    assert windowed.stored_units_per_level == pytest.approx(4, abs=1e-4)
    assert windowed.grey_levels == 4096
    assert len(windowed.levels) == 1021


def test_padding_is_black_and_left_out_of_the_range():
    stored = np.array([[-2000, 0, 100], [200, 400, -2000]])
    radiograph = imaging.read(dicom(stored, bits=16, signed=True, PixelPaddingValue=-2000))
    np.testing.assert_allclose(radiograph.pixels, [[0, 0, 0.25], [0.5, 1, 0]], atol=1e-6)
    np.testing.assert_array_equal(radiograph.padding, stored == -2000)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_range_is_black_in_either_polarity(photometric):
    stored = np.array([[4000, 4050, 4095], [100, 500, 900]])
    file = dicom(stored, PixelPaddingValue=4095, PixelPaddingRangeLimit=4000, PhotometricInterpretation=photometric)
    radiograph = imaging.read(file)
    np.testing.assert_array_equal(radiograph.padding, [[True] * 3, [False] * 3])
    assert (radiograph.pixels[0] == 0).all()
    expected = [0, 0.5, 1] if photometric == "MONOCHROME2" else [1, 0.5, 0]
    np.testing.assert_allclose(radiograph.pixels[1], expected, atol=1e-6)
    white = radiograph.with_pixels(np.ones((2, 3)))
    assert (white.pixels[0] == 0).all()


def test_overlays_in_the_high_bits_are_masked_off():
    stored = np.array([[1, 2], [3, 4000]])
    with_overlay = stored | np.array([[0x1000, 0x8000], [0, 0x4000]])
    plain, masked = imaging.read(dicom(stored)), imaging.read(dicom(with_overlay))
    np.testing.assert_array_equal(plain.pixels, masked.pixels)
    np.testing.assert_array_equal(masked.source.stored, stored)


def test_high_bit_tells_where_the_value_sits():
    stored = np.array([[1, 2], [3, 4000]])
    shifted = imaging.read(dicom(stored << 4, HighBit=15))
    np.testing.assert_array_equal(shifted.source.stored, stored)


@pytest.mark.parametrize("bits", [8, 10, 12, 15, 16])
def test_signed_values_extend_their_sign(bits):
    stored = ramp(bits, signed=True)
    unsigned_words = stored & (2**bits - 1)  # as a file writes them that leaves the unused bits empty
    radiograph = imaging.read(dicom(unsigned_words, bits=bits, PixelRepresentation=1))
    np.testing.assert_array_equal(radiograph.source.stored, stored)


def test_functional_groups_of_the_frame_are_used():
    frames = []
    for centre in (1000, 3000):
        voi, group = Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth, voi.VOILUTFunction = centre, 2000, "LINEAR_EXACT"
        group.FrameVOILUTSequence = [voi]
        frames.append(group)
    measures, shared = Dataset(), Dataset()
    measures.PixelSpacing = [0.1, 0.2]
    shared.PixelMeasuresSequence = [measures]
    stored = np.stack([STORED, STORED[::-1]])
    file = dicom(stored, PerFrameFunctionalGroupsSequence=frames, SharedFunctionalGroupsSequence=[shared])
    second = imaging.read(file, frame=1)
    np.testing.assert_allclose(second.pixels, [[0, 0.5, 1], [0, 0, 0]], atol=1e-6)
    assert second.pixel_spacing == (0.1, 0.2)
    assert (second.frames, second.frame) == (2, 1)
