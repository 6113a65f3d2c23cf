"""One compressed or plain frame to an array, with a codec that can't take the program down with it."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.base import Decoder
from pydicom.uid import UID, JPEGExtended12Bit

from imaging.dicom.apart import decode_apart
from imaging.radiograph import UnreadableImage

PLUGINS = ("pylibjpeg", "pyjpegls", "pillow", "pydicom")  # the first that knows the codec goes first
APART = "gdcm"
RUST_PANIC = "pyo3_runtime"
NEEDED = {  # what decoding needs, and what is meant where an old file leaves it out
    "Rows": None,
    "Columns": None,
    "BitsAllocated": None,
    "BitsStored": None,
    "HighBit": None,
    "SamplesPerPixel": 1,
    "PixelRepresentation": 0,
    "PhotometricInterpretation": "MONOCHROME2",
    "PlanarConfiguration": None,
}


def find_decoder(syntax: UID, bits: int) -> Decoder:
    """The decoder of a transfer syntax; raises UnreadableImage where none is there."""
    eight_only = syntax == JPEGExtended12Bit and bits > 8  # pydicom's plugins for it stop at 8 bits
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        decoder = None
    if decoder is None or not decoder.is_available or eight_only:
        name = syntax.name if syntax.is_transfer_syntax else "an unknown method"
        raise UnreadableImage(
            f"This image is compressed in a way that can't be read here ({name}): export it uncompressed."
        )
    return decoder


def decode(
    dataset: FileDataset, syntax: UID, decoder: Decoder, frame: int, frames: int, *, raw: bool
) -> NDArray[np.integer] | None:
    """Decode one frame, integers [H, W] or [H, W, 3]; None where no codec can. raw: leave YBR and high bits alone."""
    for keyword, usual in NEEDED.items():
        if usual is not None and dataset.get(keyword) in (None, ""):
            setattr(dataset, keyword, usual)
    dataset.file_meta.TransferSyntaxUID = syntax
    options = {} if syntax.is_compressed else {"correct_unused_bits": not raw}
    plugins = [name for name in PLUGINS if name in decoder.available_plugins]
    if not plugins and APART in decoder.available_plugins:
        try:
            return decode_apart(_single_frame(dataset, syntax, frame, frames), raw=raw)
        except Exception:
            return None
    for plugin in plugins or [""]:
        try:
            return decoder.as_array(dataset, index=frame, raw=raw, decoding_plugin=plugin, **options)[0]
        except MemoryError:
            raise
        except BaseException as error:
            # Codecs fail in any way on damaged bytes, those in Rust beyond Exception; then the next one is tried.
            if not isinstance(error, Exception) and type(error).__module__ != RUST_PANIC:
                raise
    return None


def _single_frame(dataset: FileDataset, syntax: UID, frame: int, frames: int) -> bytes:
    """A DICOM file with that frame alone and no tag beyond what decoding needs."""
    single = Dataset()
    for keyword in NEEDED:
        if keyword in dataset:
            setattr(single, keyword, dataset.get(keyword))
    single.PixelData = encapsulate([get_frame(dataset.PixelData, frame, number_of_frames=frames)])
    single.preamble, single.file_meta = bytes(128), FileMetaDataset()
    single.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    single.save_as(out, implicit_vr=False, little_endian=True)
    return out.getvalue()
