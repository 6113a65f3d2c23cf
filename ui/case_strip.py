"""A strip of cases down the side of a page: thumbnails, chosen by mouse or keyboard."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from ui.turns import turn

HERE = Path(__file__).parent
SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"GIF8": "image/gif"}

_strip = st.components.v2.component(
    "reading_room_case_strip",
    html='<div class="strip" role="listbox" aria-label="Cases" aria-orientation="vertical"></div>',
    css=(HERE / "case_strip.css").read_text(),
    js=(HERE / "case_strip.js").read_text(),
)


@dataclass(frozen=True)
class Item:
    """One case: `thumbnail` is a small image (its bytes, or a path to it), `alt` says in words what it shows."""

    id: str
    thumbnail: bytes | str | Path
    label: str
    sublabel: str = ""
    alt: str = ""


def case_strip(items: Sequence[Item], *, selected: str | None, key: str, height: int | str = 560) -> str | None:
    """Draw the strip and return the id of the case chosen just now, or None in every other run.

    `selected` is the id of the open case. `height` is in pixels, or a CSS length; longer strips scroll inside it.
    Raises `ValueError` for an image that no browser shows, or where two items share an id.
    """
    ids = [item.id for item in items]
    if len(set(ids)) < len(ids):
        raise ValueError(f"expected items with different ids, got {ids}")
    described = [
        {
            "id": item.id,
            "image": data_uri(item.thumbnail),
            "label": item.label,
            "sublabel": item.sublabel,
            "alt": item.alt,
        }
        for item in items
    ]
    length = f"{height}px" if isinstance(height, int) else height
    data = {"items": described, "selected": selected, "height": length}
    data["turn"] = turn(key, json.dumps(data))
    return _strip(key=key, data=data, on_chosen_change=_nothing).chosen


def _nothing() -> None:
    """Streamlit reports a choice only where something listens to it."""


@lru_cache(maxsize=256)
def data_uri(image: bytes | str | Path) -> str:
    """An image as an address that holds all of it, so that the browser asks no server for it."""
    content = image if isinstance(image, bytes) else Path(image).read_bytes()
    kind = next((kind for signature, kind in SIGNATURES.items() if content.startswith(signature)), None)
    if kind is None:
        raise ValueError(f"expected a PNG, JPEG, WebP or GIF thumbnail, got bytes that begin with {content[:8]!r}")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
