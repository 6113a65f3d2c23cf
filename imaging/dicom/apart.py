"""Decoding in a process of its own: a DICOM of one frame on stdin, its array (.npy) on stdout.

GDCM is the only decoder of JPEG Lossless, and on damaged data it can end the process that it runs in.
"""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels import get_decoder

SECONDS = 60


def decode_apart(file: bytes, *, raw: bool) -> NDArray[np.integer]:
    """Decode a DICOM file of one frame, integers [H, W] or [H, W, 3]; raises ValueError if that fails."""
    command = [sys.executable, "-P", __file__, *(["raw"] if raw else [])]
    child = subprocess.run(command, input=file, capture_output=True, timeout=SECONDS, check=False)
    if child.returncode:
        raise ValueError(f"expected the decoder to end with 0, got {child.returncode}")
    return np.load(io.BytesIO(child.stdout), allow_pickle=False)


if __name__ == "__main__":
    dataset = pydicom.dcmread(io.BytesIO(sys.stdin.buffer.read()))
    decoder = get_decoder(dataset.file_meta.TransferSyntaxUID)
    decoded, _ = decoder.as_array(dataset, index=0, raw="raw" in sys.argv, decoding_plugin="gdcm")
    np.save(sys.stdout.buffer, decoded)
