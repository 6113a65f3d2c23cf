"""Whatever is dropped on the app: one sentence that says what happened and what to do, or the image and a warning."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import (
    HTJ2K,
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    MediaStorageDirectoryStorage,
)

import imaging
from tests.imaging.files import dicom, picture, ramp, sample, saved

GREY = ramp(8).astype(np.uint8)


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("film.dcm", dicom(ramp()))
    return out.getvalue()


def without_pixels(kind, **tags):
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = kind, "1.2.3.4"
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return saved(dataset)


def deflated_bomb():
    """A few hundred kilobytes that unpack to 512 MB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(512)) + packer.flush()
    plain = dicom(ramp(12, 8, 8), syntax=DeflatedExplicitVRLittleEndian)
    meta_length = struct.unpack_from("<I", plain, 140)[0]
    return plain[: 144 + meta_length] + bomb


def jpeg2000_bomb():
    """A frame of 64 × 64 whose codestream claims 60,000 × 60,000."""
    stream = bytearray(b"\xff\x4f\xff\x51" + struct.pack(">HH8IH", 41, 0, 60000, 60000, 0, 0, 60000, 60000, 0, 0, 1))
    stream += bytes((11, 1, 1)) + b"\xff\xd9"
    return dicom(ramp(), PixelData=encapsulate([bytes(stream)]), syntax=JPEG2000Lossless)


def tiff(array):
    out = io.BytesIO()
    Image.fromarray(array).save(out, "TIFF")
    return out.getvalue()


REFUSED = {
    "empty": (b"", "empty"),
    "text": (b"Patient: see letter of the 4th\n" * 20, "no image"),
    "noise": (bytes(range(7, 256)) * 9, "no image"),
    "zip": (archive(), "ZIP archive"),
    "pdf": (b"%PDF-1.7\n" + bytes(500), "PDF document"),
    "gif": (picture(GREY, "GIF"), "GIF picture"),
    "bmp": (picture(GREY, "BMP"), "BMP picture"),
    "magic only": (bytes(128) + b"DICM", "no image"),
    "encapsulated pdf": (without_pixels(EncapsulatedPDFStorage, EncapsulatedDocument=b"%PDF"), "PDF document inside"),
    "dicomdir": (without_pixels(MediaStorageDirectoryStorage), "DICOMDIR"),
    "report": (without_pixels("1.2.840.10008.5.1.4.1.1.88.11"), "a report"),
    "no pixel data": (dicom(ramp(), PixelData=None), "holds no image"),
    "float pixels": (without_pixels("1.2.840.10008.5.1.4.1.1.30", FloatPixelData=bytes(16)), "decimal numbers"),
    "truncated": (dicom(ramp())[:-100], "damaged|cut short"),
    "truncated in the tags": (dicom(ramp())[:300], "holds no image|damaged"),
    "too few pixels": (dicom(ramp(), Rows=65), "damaged or cut short"),
    "empty pixel data": (dicom(ramp(), PixelData=b""), "damaged or cut short"),
    "zero rows": (dicom(ramp(), Rows=0), "no rows"),
    "one pixel": (dicom(ramp(12, 1, 1)), "only 1 × 1 pixels"),
    "one row": (dicom(ramp(12, 1, 500)), "only 500 × 1 pixels"),
    "one grey": (dicom(np.full((64, 64), 7)), "same grey"),
    "one grey and padding": (dicom(ramp() * 0 + 7 * np.eye(64, dtype=int), PixelPaddingValue=0), "same grey"),
    "all padding": (dicom(np.full((64, 64), 7), PixelPaddingValue=7), "same grey"),
    "thirty thousand": (dicom(ramp(), Rows=30000, Columns=30000), "too large"),
    "four channels": (dicom(ramp(), SamplesPerPixel=4), "colour channels"),
    "one bit": (dicom(ramp(8), bits=8, BitsStored=1), "1 bits"),
    "more bits than there is room": (dicom(ramp(8), bits=8, BitsStored=12), "12 bits"),
    "deflated bomb": (deflated_bomb(), "unpacks to far more"),
    "jpeg 2000 bomb": (jpeg2000_bomb(), "damaged or cut short"),
    "video": (dicom(ramp(), PixelData=encapsulate([bytes(64)]), syntax=MPEG2MPML), "MPEG2.*export it uncompressed"),
    "private codec": (dicom(ramp(), PixelData=encapsulate([bytes(64)]), syntax="1.2.3.4.5"), "unknown method"),
    "empty frame": (dicom(ramp(), PixelData=encapsulate([b"\xff\xd8"]), syntax=JPEGLosslessSV1), "damaged"),
    "infinite slope": (dicom(ramp(), RescaleSlope="1e308"), "grey scale"),
    "png too large": (picture(np.zeros((9000, 9000), bool)), "too large"),
    "png bomb": (picture(np.zeros((30000, 30000), bool)), "too large"),
    "png truncated": (picture(GREY)[:-60], "damaged"),
    "png header only": (picture(GREY)[:40], "damaged"),
    "jpeg truncated": (picture(GREY, "JPEG")[:400], "damaged"),
    "png one pixel": (picture(GREY[:1, :1]), "only 1 × 1 pixels"),
    "png one grey": (picture(GREY * 0), "same grey"),
    "tiff of floats": (tiff(GREY.astype(np.float32)), "decimal or 32-bit"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_sentence(name):
    data, words = REFUSED[name]
    with pytest.raises(imaging.UnreadableImage, match=words) as caught:
        imaging.read(data)
    message = str(caught.value)
    assert message[0].isupper()
    assert message.endswith(".")
    assert "\n" not in message
    assert ":" in message  # what happened: what to do
    assert len(message) < 180
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_thirty_thousand_is_refused_before_memory_is_taken():
    tracemalloc.start()
    for name in ("thirty thousand", "jpeg 2000 bomb", "deflated bomb"):
        with pytest.raises(imaging.UnreadableImage):
            imaging.read(REFUSED[name][0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_missing_codec_is_named(monkeypatch):
    file = sample("MR_small_jp2klossless.dcm")
    monkeypatch.setattr("pydicom.pixels.decoders.base.Decoder.is_available", False)
    with pytest.raises(imaging.UnreadableImage, match=r"JPEG 2000.*export it uncompressed"):
        imaging.read(file)


def test_high_throughput_jpeg_2000_has_a_decoder():
    assert get_decoder(HTJ2K).is_available


@pytest.mark.parametrize("name", ["no such file.dcm", "", "x" * 5000, "nul\0"])
def test_paths_that_lead_nowhere(name, tmp_path):
    with pytest.raises(imaging.UnreadableImage):
        imaging.read(tmp_path / name)
    with pytest.raises(imaging.UnreadableImage):
        imaging.read(str(tmp_path / name))


BAD_WINDOWS = {
    "NaN": {"WindowCenter": "NaN", "WindowWidth": "NaN"},
    "infinite": {"WindowCenter": "100", "WindowWidth": "inf"},
    "zero width": {"WindowCenter": "2000", "WindowWidth": "0"},
    "negative width": {"WindowCenter": "2000", "WindowWidth": "-4"},
    "hides everything": {"WindowCenter": "-9000", "WindowWidth": "10"},
}


@pytest.mark.parametrize("name", BAD_WINDOWS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_window_without_sense_is_replaced_with_a_warning(name):
    radiograph = imaging.read(dicom(ramp(), **BAD_WINDOWS[name]))
    np.testing.assert_allclose(radiograph.pixels, ramp() / 4095, atol=1e-6)
    assert "makes no sense" in " ".join(radiograph.warnings)
    assert radiograph.windows == ("Full range",)
    again = imaging.read(imaging.encode(radiograph))
    np.testing.assert_array_equal(again.pixels, radiograph.pixels)
    assert again.windows == ("Full range",)


def test_a_bad_window_beside_a_good_one_is_left_out():
    radiograph = imaging.read(dicom(ramp(), WindowCenter=[1, 2048], WindowWidth=[0, 4096]))
    assert radiograph.windows == ("Window (centre 2048, width 4096)",)
    assert radiograph.warnings == ()


@pytest.mark.parametrize("index", [-1, 2, 10**9])
def test_windows_and_frames_that_are_not_there(index):
    file = dicom(np.stack([ramp(), ramp().T]), WindowCenter=[1000, 2000], WindowWidth=[500, 600])
    with pytest.raises(imaging.UnreadableImage, match="2 windows: choose one from 1 to 2"):
        imaging.read(file, window=index)
    with pytest.raises(imaging.UnreadableImage, match="2 frames: choose one from 1 to 2"):
        imaging.read(file, frame=index)


def test_dicom_without_preamble_or_extension(tmp_path):
    file = dicom(ramp())
    expected = imaging.read(file).pixels
    (tmp_path / "IM0001").write_bytes(file[132:])
    np.testing.assert_array_equal(imaging.read(tmp_path / "IM0001").pixels, expected)
    meta_length = struct.unpack_from("<I", file, 140)[0]
    np.testing.assert_array_equal(imaging.read(file[144 + meta_length :]).pixels, expected)


def test_sparse_tags_are_filled_in():
    file = dicom(ramp(), PhotometricInterpretation=None, SamplesPerPixel=None, HighBit=None, PixelRepresentation=None)
    np.testing.assert_allclose(imaging.read(file).pixels, ramp() / 4095, atol=1e-6)


def test_warnings_say_what_to_look_out_for():
    file = dicom(ramp(), BurnedInAnnotation="YES", PresentationIntentType="FOR PROCESSING", Modality="CT")
    text = " ".join(imaging.read(file).warnings)
    assert "burned into the image" in text
    assert "raw image" in text
    assert "a CT image" in text
    assert "only 20 × 30 pixels" in " ".join(imaging.read(dicom(ramp(12, 30, 20))).warnings)
    assert imaging.read(dicom(ramp())).warnings == ()


def test_a_colour_photograph_is_read_with_a_warning():
    colours = np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    for kind in ("PNG", "JPEG", "TIFF"):
        assert "colour photograph, not a radiograph" in imaging.read(picture(colours, kind)).warnings[0]
    grey = np.repeat(GREY[..., None], 3, axis=-1)
    grey[:2, :4] = (255, 0, 0)  # a coloured marker is no photograph
    assert imaging.read(picture(grey)).warnings == ()
