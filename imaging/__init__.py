"""Radiograph files in and out, in display space and on the file's own grey levels. Never a name or an id."""

from imaging.radiograph import Radiograph, UnreadableImage
from imaging.reading import encode, read, write

__all__ = ["Radiograph", "UnreadableImage", "encode", "read", "write"]
