"""A set's manifest: each file with its SHA-256, as JSON-LD after Croissant (MLCommons), format version 1.0.

Whoever receives a set with its manifest can say which files were changed, are missing, or came along unannounced. It
does not say that the labels were right to begin with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "column": "cr:column",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "recordSet": "cr:recordSet",
    "source": "cr:source",
}
KINDS = {".dcm": "application/dicom", ".png": "image/png", ".jpg": "image/jpeg", ".csv": "text/csv"}
TYPES = {"label": "sc:Integer", "age": "sc:Float"}  # columns that are no plain text


@dataclass(frozen=True)
class Verification:
    """Names of the files whose bytes are others, that are gone, and that no manifest speaks of."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether the set is what the manifest says."""
        return not (self.changed or self.missing or self.added)


def manifest(
    files: Mapping[str, bytes],
    *,
    name: str,
    description: str,
    licence: str,
    creator: str,
    published: str,
    url: str,
    table: str,
) -> dict[str, Any]:
    """The manifest of a set of files.

    Args:
        files: name (a path with "/", relative to the manifest) → content.
        name, description, creator: in words; `licence` and `url` are addresses; `published` a date, YYYY-MM-DD.
        table: name of the CSV among the files; its columns become the fields of the record set "cases".

    Raises:
        ValueError: the table is not among the files.
    """
    if table not in files:
        raise ValueError(f"expected the table {table!r} among the files")
    columns = files[table].decode("utf-8").splitlines()[0].split(",")
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": name,
        "description": description,
        "license": licence,
        "creator": {"@type": "sc:Organization", "name": creator},
        "datePublished": published,
        "url": url,
        "version": "1.0.0",
        "distribution": [_file(path, content) for path, content in sorted(files.items())],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "cases", "name": "cases", "field": _fields(columns, table)}],
    }


def verify(told: Mapping[str, Any], files: Mapping[str, bytes]) -> Verification:
    """Hold a set against its manifest.

    Raises:
        ValueError: it is no Croissant manifest with a SHA-256 for each file.
    """
    try:
        promised = {entry["contentUrl"]: str(entry["sha256"]).lower() for entry in told["distribution"]}
    except (KeyError, TypeError) as error:
        raise ValueError("this is no Croissant manifest that gives the SHA-256 of each of its files") from error
    found = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return Verification(
        tuple(sorted(path for path in promised.keys() & found.keys() if promised[path] != found[path])),
        tuple(sorted(promised.keys() - found.keys())),
        tuple(sorted(found.keys() - promised.keys())),
    )


def _file(path: str, content: bytes) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{len(content)} B",
        "encodingFormat": KINDS.get(Path(path).suffix.lower(), "application/octet-stream"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _fields(columns: list[str], table: str) -> list[dict[str, Any]]:
    return [
        {
            "@type": "cr:Field",
            "@id": f"cases/{column}",
            "name": column,
            "dataType": TYPES.get(column, "sc:Text"),
            "source": {"fileObject": {"@id": table}, "extract": {"column": column}},
        }
        for column in columns
    ]
