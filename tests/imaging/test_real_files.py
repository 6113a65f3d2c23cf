"""Files that ship inside pydicom: one pixel of each, worked out by hand from its stored value and its window."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import HTJ2KLossless

import imaging
from tests.imaging.files import dicom, sample

MR = (200 - 599.5) / 1599 + 0.5  # stored 200, LINEAR window centre 600 width 1600
YELLOWISH = 142 / 255  # 0.299 · 128 + 0.587 · 128 + 0.114 · 255 = 142.5 (rounded down: 142.478)

# file, row, column, stored value, display value, display value of the whole image on average
PIXELS = [
    ("CT_small.dcm", 64, 42, 1642, (1642 - 128) / (2191 - 128), 0.376600),  # no window: 128 to 2191, padding -2000
    ("MR_small.dcm", 32, 21, 200, MR, 0.443378),
    ("MR_small_bigendian.dcm", 32, 21, 200, MR, 0.443378),
    ("MR_small_implicit.dcm", 32, 21, 200, MR, 0.443378),
    ("MR_small_RLE.dcm", 32, 21, 200, MR, 0.443378),
    ("MR_small_jp2klossless.dcm", 32, 21, 200, MR, 0.443378),
    ("MR_small_jpeg_ls_lossless.dcm", 32, 21, 200, MR, 0.443378),
    ("MR_small_padded.dcm", 32, 21, 200, MR, 0.443378),
    ("693_J2KI.dcm", 256, 170, 1037, (1037 - 1024 - 39.5) / 99 + 0.5, 0.173894),  # intercept -1024, centre 40 width 100
    ("J2K_pixelrep_mismatch.dcm", 256, 170, 91, 1.0, 0.247872),  # above 40 + 50: white
    ("JPEG2000.dcm", 512, 85, 26, (26 + 30) / (245 + 30), 0.158030),  # no window: -30 to 245
    ("JPEGLSNearLossless_08.dcm", 22, 3, 15, 15 / 255, 0.217865),
    ("JPEGLSNearLossless_16.dcm", 25, 3, 255, 255 / 65535, 0.183329),
    ("examples_overlay.dcm", 150, 161, 292, (292 - 449.5) / 789 + 0.5, 0.188674),  # centre 450 width 790
    ("image_dfl.dcm", 256, 170, 138, 138 / 255, 0.498494),  # deflated
    ("SC_rgb_rle.dcm", 50, 33, 142, YELLOWISH, 0.500784),  # RGB 128 128 255
    ("SC_rgb_jpeg_gdcm.dcm", 50, 33, 142, YELLOWISH, 0.500784),  # JPEG lossless
    ("SC_rgb_rle_16bit_2frame.dcm", 50, 33, 142, YELLOWISH, 0.500784),  # RGB 32896 32896 65535
    ("SC_ybr_full_422_uncompressed.dcm", 50, 33, 143, 143 / 255, 0.500902),  # RGB 125 130 255
    ("SC_rgb_small_odd.dcm", 1, 1, 90, 90 / 255, 0.504575),  # RGB 63 87 176
]


@pytest.mark.parametrize(("name", "row", "column", "stored", "shown", "mean"), PIXELS)
def test_pixels(name, row, column, stored, shown, mean):
    radiograph = imaging.read(sample(name))
    assert radiograph.source.stored[row, column] == stored
    assert radiograph.pixels[row, column] == pytest.approx(shown, abs=1e-6)
    assert radiograph.pixels.mean(dtype=np.float64) == pytest.approx(mean, abs=2e-6)
    assert radiograph.pixels.dtype == np.float32


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("CT_small.dcm", {"modality": "CT", "sex": "O", "age": 0.0, "pixel_spacing": (0.661468, 0.661468)}),
        ("MR_small.dcm", {"modality": "MR", "sex": "F", "age": None, "pixel_spacing": (0.3125, 0.3125)}),
        ("examples_overlay.dcm", {"modality": "MR", "sex": "M", "age": 58.0, "grey_levels": 4096}),
        ("SC_rgb_rle_2frame.dcm", {"modality": "OT", "sex": "F", "age": 24.0, "frames": 2, "grey_levels": 256}),
        ("693_J2KI.dcm", {"modality": "CT", "grey_levels": 16384, "view": None, "laterality": None}),
    ],
)
def test_facts(name, known):
    radiograph = imaging.read(sample(name))
    assert {key: getattr(radiograph, key) for key in known} == known
    assert not radiograph.phantom


@pytest.mark.parametrize("frame", [0, 1])
def test_frames_differ(frame):
    first = imaging.read(sample("SC_rgb_rle_2frame.dcm"), frame=0)
    other = imaging.read(sample("SC_rgb_rle_2frame.dcm"), frame=frame)
    assert other.frame == frame
    assert np.array_equal(first.pixels, other.pixels) == (frame == 0)
    assert f"2 frames; frame {frame + 1} is shown" in " ".join(other.warnings)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CT_small.dcm", "a CT image; the models were made for radiographs"),
        ("examples_palette.dcm", "an ultrasound image"),
        ("MR_small.dcm", "an MR image"),
        ("JPEG2000.dcm", "compressed with loss"),
        ("SC_rgb_rle.dcm", "colour photograph, not a radiograph"),
        ("JPEGLSNearLossless_08.dcm", "only 10 × 45 pixels"),
    ],
)
def test_warnings(name, words):
    assert words in " ".join(imaging.read(sample(name)).warnings)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("test-SR.dcm", "a report and holds no image"),
        ("rtplan.dcm", "holds no image"),
        ("waveform_ecg.dcm", "holds no image"),
        ("rtdose.dcm", "stored with 32 bits"),
        ("liver_1frame.dcm", "stored with 1 bits"),
        ("MR_truncated.dcm", "damaged or cut short"),
        ("JPEG-lossy.dcm", "compressed in a way that can't be read here"),
        ("zipMR.gz", "a compressed archive"),
        ("README.txt", "no image"),
    ],
)
def test_refused(name, sentence):
    with pytest.raises(imaging.UnreadableImage, match=sentence):
        imaging.read(sample(name))


def test_high_throughput_jpeg_2000():
    """A code stream that OpenJPH wrote, lossless, in a DICOM file of its own."""
    rows, columns = np.mgrid[:48, :64]
    stored = ((40 * rows + 17 * columns) ^ ((rows * columns) & 63)).astype(np.uint16)
    dataset = pydicom.dcmread(io.BytesIO(dicom(stored)))
    dataset.PixelData = encapsulate([(Path(__file__).parent / "data" / "htj2k-12bit.j2c").read_bytes()])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = HTJ2KLossless
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    assert np.array_equal(imaging.read(file.getvalue()).source.stored, stored)
