"""Any bytes at all give a radiograph or UnreadableImage, and nothing else."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imaging
from tests.imaging.files import dicom, picture, ramp, sample

SEEDS = [
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "JPEGLSNearLossless_08.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_small_odd.dcm",
    "test-SR.dcm",
    "rtplan.dcm",
]
HEADS = [b"", bytes(128) + b"DICM", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"\x08\x00\x05\x00"]


def survives(data: bytes) -> None:
    try:
        radiograph = imaging.read(data)
    except imaging.UnreadableImage:
        return
    assert radiograph.pixels.min() >= 0
    assert radiograph.pixels.max() <= 1
    imaging.encode(radiograph)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_random_bytes(head, tail):
    survives(head + tail)


def damaged(data: bytes, rng: random.Random, head: int) -> bytes:
    """Some bytes flipped (half of the time among the tags), or the end cut off."""
    data = bytearray(data)
    if rng.random() < 0.2:
        return bytes(data[: rng.randrange(len(data))])
    reach = min(head, len(data)) if rng.random() < 0.5 else len(data)
    for _ in range(rng.choice([1, 1, 2, 8, 40])):
        data[rng.randrange(reach)] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    return bytes(data)


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_dicom_files(name):
    data, rng = sample(name), random.Random(name)
    for _ in range(50):
        survives(damaged(data, rng, 2000))


@pytest.mark.parametrize("seed", [11, 15])
def test_a_decoder_that_ends_its_process_does_not_end_ours(seed):
    """With these bytes changed GDCM calls abort(), so JPEG Lossless is decoded in a process of its own."""
    data, rng = bytearray(sample("SC_rgb_jpeg_gdcm.dcm")), random.Random(seed)
    for _ in range(rng.choice([1, 3, 10, 40])):
        data[rng.randrange(len(data) - 3900, len(data))] = rng.randrange(256)
    with pytest.raises(imaging.UnreadableImage, match="damaged or cut short"):
        imaging.read(bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_damaged_pictures(kind):
    data, rng = picture(ramp(8).astype("uint8"), kind), random.Random(kind)
    for _ in range(150):
        survives(damaged(data, rng, 60))


def test_damaged_tags_of_the_grey_scale():
    data = dicom(
        ramp(12, 8, 8),
        WindowCenter=2048,
        WindowWidth=4096,
        RescaleSlope=1,
        RescaleIntercept=0,
        PixelPaddingValue=0,
        PixelSpacing=[0.1, 0.1],
        PatientAge="054Y",
    )
    rng = random.Random(0)
    for _ in range(400):
        survives(damaged(data, rng, len(data) - 128))
