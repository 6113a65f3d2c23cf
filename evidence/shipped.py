"""Stored rows, less those measured on other weights than the zoo holds now, or on a bundled film that was drawn anew
since: what they say is no longer true."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from typing import Any

import models
from imaging import gallery


def of_release(told: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows of a results file whose `vendor` model still has the weights (`sha256`) that were tampered with; none of
    another release, nor of a file that is not there yet (`{}`)."""
    vendor = told.get("vendor")
    return told["rows"] if vendor in models.ids() and models.card(vendor).sha256 == told["sha256"] else []


def shipped(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows whose `model` still has the weights (`sha256`) that they were measured on."""
    known = {id: models.card(id).sha256 for id in models.ids()}
    return [row for row in rows if known.get(row["model"]) == row["sha256"]]


def of_cases(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows whose bundled `case` still has the bytes (`film`, their SHA-256) that they were measured on."""
    return [row for row in rows if _films().get(row["case"], "") == row.get("film")]


@functools.cache
def _films() -> dict[str, str]:
    return {case.id: hashlib.sha256(case.path.read_bytes()).hexdigest() for case in gallery.cases()}
