"""Out and in again: unchanged pixels bit for bit, altered ones exactly, whatever the file."""

import io

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import imaging
from tests.imaging.files import dicom, one_level_on, picture, ramp, sample, table

SAMPLES = (
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "693_J2KI.dcm",
    "J2K_pixelrep_mismatch.dcm",
    "JPEGLSNearLossless_16.dcm",
    "examples_overlay.dcm",
    "examples_ybr_color.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "SC_rgb_small_odd.dcm",
)


@st.composite
def voi_tags(draw, bits, signed):
    """A window, several windows, a lookup table in any order, or nothing."""
    kind = draw(st.sampled_from(["none", "window", "windows", "table"]))
    numbers = st.floats(-(2**bits), 2**bits, allow_nan=False).map(lambda x: float(f"{x:.6g}"))
    widths = st.floats(1, 2 ** (bits + 1)).map(lambda x: float(f"{x:.6g}"))
    function = {"VOILUTFunction": draw(st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]))}
    if kind == "window":
        return {"WindowCenter": draw(numbers), "WindowWidth": draw(widths), **function}
    if kind == "windows":
        pairs = draw(st.lists(st.tuples(numbers, widths), min_size=2, max_size=3))
        return {"WindowCenter": [c for c, _ in pairs], "WindowWidth": [w for _, w in pairs], **function}
    if kind == "table":
        entries = draw(st.lists(st.integers(0, 4095), min_size=2, max_size=40))
        first = draw(st.integers(-20 if signed else 0, 50))
        return {"VOILUTSequence": [table(first, entries, 12, vr="SS" if first < 0 else "US")]}
    return {}


@st.composite
def files(draw):
    """DICOM bytes over bit depths, signs, windows, slopes, polarities and padding."""
    bits, signed = draw(st.integers(8, 16)), draw(st.booleans())
    lowest = -(2 ** (bits - 1)) if signed else 0
    values = st.one_of(st.integers(lowest, lowest + 2**bits - 1), st.integers(0, 60))
    stored = draw(arrays(np.int64, draw(st.tuples(st.integers(2, 7), st.integers(2, 7))), elements=values))
    tags = {
        "PhotometricInterpretation": draw(st.sampled_from(["MONOCHROME1", "MONOCHROME2"])),
        **draw(voi_tags(bits, signed)),
    }
    if draw(st.booleans()):
        slope = st.floats(0.001, 1000).map(lambda x: float(f"{x:.6g}"))
        tags["RescaleSlope"], tags["RescaleIntercept"] = draw(slope), draw(st.integers(-2000, 2000))
    if draw(st.booleans()):
        tags["PixelPaddingValue"] = draw(st.sampled_from([int(value) for value in stored.ravel()]))
        tags["PixelPaddingRangeLimit"] = draw(st.sampled_from([int(value) for value in stored.ravel()]))
    if signed:  # these two take the sign of the pixels
        signs = {key: tags.pop(key) for key in ("PixelPaddingValue", "PixelPaddingRangeLimit") if key in tags}
        tags |= {key: value for key, value in signs.items() if -32768 <= value <= 32767}
    return dicom(stored, bits=bits, signed=signed, allocated=draw(st.sampled_from([None, 16])), **tags)


def readable(file):
    """The radiograph, or None where hypothesis drew an image of one grey."""
    try:
        return imaging.read(file)
    except imaging.UnreadableImage as error:
        if "same grey" not in str(error):
            raise
        return None


@settings(max_examples=150, deadline=None)
@given(files())
def test_unchanged_pixels_come_back_bit_for_bit(file):
    if (radiograph := readable(file)) is None:
        return
    written = imaging.encode(radiograph)
    again = imaging.read(written)
    np.testing.assert_array_equal(again.pixels, radiograph.pixels)
    np.testing.assert_array_equal(again.levels, radiograph.levels)
    np.testing.assert_array_equal(again.source.stored, radiograph.source.stored)
    assert again.stored_units_per_level == radiograph.stored_units_per_level
    assert np.isin(radiograph.pixels, radiograph.levels).all()
    assert imaging.encode(radiograph) == written


@settings(max_examples=150, deadline=None)
@given(files(), st.integers(0, 2**32 - 1))
def test_altered_pixels_come_back_exactly(file, seed):
    if (radiograph := readable(file)) is None:
        return
    rng = np.random.default_rng(seed)
    touched = rng.random(radiograph.pixels.shape) < 0.5
    wanted = np.where(touched, rng.choice(radiograph.source.scale.levels, touched.shape), radiograph.pixels)
    wanted[radiograph.padding] = radiograph.pixels[radiograph.padding]
    altered = radiograph.with_pixels(wanted)
    np.testing.assert_array_equal(altered.pixels, wanted)
    if np.ptp(wanted[~radiograph.padding]) == 0:
        return
    again = imaging.read(imaging.encode(altered))
    np.testing.assert_array_equal(again.pixels, wanted)
    same = wanted == radiograph.pixels
    np.testing.assert_array_equal(again.source.stored[same], radiograph.source.stored[same])


@settings(max_examples=60, deadline=None)
@given(files(), st.integers(0, 2**32 - 1))
def test_snapping_finds_the_nearest_level(file, seed):
    if (radiograph := readable(file)) is None:
        return
    wanted = np.random.default_rng(seed).random(radiograph.pixels.shape, dtype=np.float32)
    snapped = radiograph.with_pixels(wanted).pixels[~radiograph.padding]
    distances = np.abs(radiograph.source.scale.levels[:, None].astype(np.float64) - wanted[~radiograph.padding])
    np.testing.assert_allclose(np.abs(snapped - wanted[~radiograph.padding]), distances.min(axis=0), atol=1e-7)


@pytest.mark.parametrize("name", SAMPLES)
def test_real_files_survive_a_change_of_one_level(name):
    radiograph = imaging.read(sample(name))
    wanted = one_level_on(radiograph)
    again = imaging.read(imaging.encode(radiograph.with_pixels(wanted)))
    np.testing.assert_array_equal(again.pixels, wanted)
    assert again.format == "DICOM"


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("white", [255, 1023, 4095, 16383, 65535])
def test_pictures_of_any_depth(kind, white):
    dtype = np.uint8 if white == 255 else np.uint16
    stored = np.linspace(0, white, 70 * 80).astype(dtype).reshape(70, 80)
    radiograph = imaging.read(picture(stored, kind))
    np.testing.assert_allclose(radiograph.pixels, stored / white, atol=1e-7)
    assert radiograph.stored_units_per_level == pytest.approx(white / 255, abs=1e-4)
    dark = radiograph.with_pixels(one_level_on(radiograph) / 8)  # so dark that its own range would be another one
    again = imaging.read(imaging.encode(dark))
    np.testing.assert_array_equal(again.pixels, dark.pixels)
    assert again.format == kind
    unchanged = imaging.read(imaging.encode(radiograph))
    np.testing.assert_array_equal(unchanged.source.stored, stored)


def test_a_jpeg_comes_back_as_png():
    radiograph = imaging.read(picture(ramp(8).astype(np.uint8), "JPEG"))
    assert (radiograph.format, radiograph.suffix) == ("JPEG", ".png")
    again = imaging.read(imaging.encode(radiograph))
    assert again.format == "PNG"
    np.testing.assert_array_equal(again.pixels, radiograph.pixels)


def test_clipped_pixels_keep_what_lies_beyond_the_window():
    stored = ramp(12)
    radiograph = imaging.read(dicom(stored, WindowCenter=2000, WindowWidth=500))
    wanted = radiograph.pixels.copy()
    wanted[0, 0], wanted[-1, -1] = 1, 0  # far below and far above the window
    again = imaging.read(imaging.encode(radiograph.with_pixels(wanted))).source.stored
    np.testing.assert_array_equal(again.ravel()[1:-1], stored.ravel()[1:-1])
    # LINEAR: black up to 2000 - 0.5 - 249.5 = 1750, white above 2000 - 0.5 + 249.5 = 2249
    assert (again[0, 0], again[-1, -1]) == (2249, 1750)


def test_the_window_chosen_is_the_one_written():
    file = dicom(ramp(12), WindowCenter=[2048, 1000], WindowWidth=[4096, 500])
    second = imaging.read(file, window=1)
    again = imaging.read(imaging.encode(second))
    np.testing.assert_array_equal(again.pixels, second.pixels)
    assert again.windows == ("Window (centre 1000, width 500)",)


def test_one_frame_of_several_is_written_as_one():
    stored = np.stack([ramp(12), ramp(12)[::-1], ramp(12).T])
    frame = imaging.read(dicom(stored), frame=2)
    written = pydicom.dcmread(io.BytesIO(imaging.encode(frame)))
    assert "NumberOfFrames" not in written
    assert "Frame 3 of 3" in written.DerivationDescription
    np.testing.assert_array_equal(written.pixel_array, stored[2])
    with pytest.raises(imaging.UnreadableImage, match="3 frames"):
        imaging.read(dicom(stored), frame=3)


def test_write_puts_down_what_encode_gives(tmp_path):
    radiograph = imaging.read(dicom(ramp(12)))
    imaging.write(radiograph, tmp_path / "copy.dcm")
    assert (tmp_path / "copy.dcm").read_bytes() == imaging.encode(radiograph)
    np.testing.assert_array_equal(imaging.read(str(tmp_path / "copy.dcm")).pixels, radiograph.pixels)
