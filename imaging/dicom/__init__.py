"""DICOM in and out: opening (bytes → tags), pixels, display (windows and tables), facts, export."""

from imaging.dicom.opening import looks_like
from imaging.dicom.reading import read

__all__ = ["looks_like", "read"]
