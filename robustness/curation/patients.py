"""Patients on both sides of a split: a test on them measures memory, not reading."""

from __future__ import annotations

from collections.abc import Sequence


def shared_patients(training: Sequence[str], test: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Patient → places of the training films, for each patient who has a film in the test set as well.

    Letter case and surrounding blanks are no difference. Films without a patient (an empty name) are left out: nothing
    can be said about them.
    """
    tested = {_plain(name) for name in test} - {""}
    found: dict[str, list[int]] = {}
    for place, name in enumerate(training):
        if _plain(name) in tested:
            found.setdefault(_plain(name), []).append(place)
    return {name: tuple(places) for name, places in found.items()}


def _plain(name: str) -> str:
    return str(name).strip().casefold()
