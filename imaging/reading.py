"""The front door of the room: any bytes in, a radiograph or one plain sentence out; and back to bytes."""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import Path

from imaging import dicom, pictures
from imaging.radiograph import Radiograph, UnreadableImage

LARGEST_FILE = 2**30  # bytes
TOO_LARGE = "This file is larger than 1 GB: export one image or one frame of it and open that."
OTHERS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a compressed archive",
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"RIFF": "a WebP picture or a video",
    b"\x00\x00\x00\x0cjP": "a JPEG 2000 picture outside a DICOM file",
    b"\x5c\x01\x10\x00\x00\x00": "a NIfTI volume",
    b"<": "a web page or XML text",
}


def read(file: str | PathLike[str] | bytes, *, window: int = 0, frame: int = 0) -> Radiograph:
    """Read a radiograph from a path or from bytes: DICOM, PNG, JPEG or TIFF, told apart by content.

    window: index into `Radiograph.windows`. frame: index of the frame in a file with several.
    Raises UnreadableImage, and nothing else, whatever the bytes are.
    """
    data = bytes(file) if isinstance(file, bytes | bytearray | memoryview) else _load(Path(file))
    if len(data) > LARGEST_FILE:
        raise UnreadableImage(TOO_LARGE)
    if not data:
        raise UnreadableImage("This file is empty: export or copy the image again.")
    try:
        # Parsers quote tags in their warnings, and a tag may be a name.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(data, window, frame)
    except UnreadableImage:
        raise
    except MemoryError:
        raise UnreadableImage("This image needs more memory than there is: export it at a smaller size.") from None
    except Exception:  # a parser can fail in any way on damaged bytes, and its message may quote a tag
        raise UnreadableImage("This file is damaged and can't be read: export or copy the image again.") from None


def encode(radiograph: Radiograph) -> bytes:
    """Return the bytes of a file of the same kind (a JPEG comes back as PNG), lossless and without patient data.

    Reading them gives `radiograph.pixels` bit for bit, and unchanged pixels keep their very stored value.
    The same radiograph always gives the same bytes.
    """
    source = radiograph.source
    return source.encode(source.scale.store(radiograph.pixels, source.stored))


def write(radiograph: Radiograph, path: str | PathLike[str]) -> None:
    """Write `encode(radiograph)` to `path`. Raises OSError if it can't be written there."""
    Path(path).write_bytes(encode(radiograph))


def _load(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableImage("This is a folder and not an image: choose one file in it.")
        if not path.is_file():  # nothing there, or a device that never ends
            raise UnreadableImage("There is no such file: check the path.")
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableImage(TOO_LARGE)
        return path.read_bytes()
    except OSError:
        raise UnreadableImage("This file can't be opened: check that you are allowed to read it.") from None


def _read(data: bytes, window: int, frame: int) -> Radiograph:
    if dicom.looks_like(data):
        return dicom.read(data, window=window, frame=frame)
    if pictures.looks_like(data):
        return pictures.read(data, window=window, frame=frame)
    kind = next((name for start, name in OTHERS.items() if data.startswith(start)), "no image")
    raise UnreadableImage(f"This file is {kind}: choose a DICOM, PNG, JPEG or TIFF file.")
