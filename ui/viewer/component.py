"""Mounting the viewer: one component that draws, and for each plane one payload that carries grey levels to it.

A payload is a component of its own so that Streamlit sends it once: while an attack runs, only the altered film
travels. Payloads and viewer meet in the browser on a shelf that the page shares (`assets/payload.js`).
"""

import json
import struct
from collections.abc import Collection, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

import streamlit as st

from ui.turns import turn
from ui.viewer.pane import Pane
from ui.viewer.planes import Plane, payload, plane

View = Literal["side", "swipe", "blink", "difference"]
Layer = Literal["saliency", "lesion"]

ASSETS = Path(__file__).with_name("assets")
# A module that arrives as text has no address to import from, so its parts are joined in order of need.
PARTS = ("store", "paint", "layers", "actions", "gestures", "toolbar", "labels", "layout", "viewer")

_viewer = st.components.v2.component(
    "reading_room_viewer",
    html=(ASSETS / "viewer.html").read_text(),
    css=(ASSETS / "viewer.css").read_text(),
    js="\n".join((ASSETS / f"{part}.js").read_text() for part in PARTS),
)
_payload = st.components.v2.component(
    "reading_room_payload", js=(ASSETS / "payload.js").read_text(), isolate_styles=False
)


def film_viewer(
    panes: Sequence[Pane],
    *,
    key: str,
    height: int | str = 640,
    view: View = "side",
    layers: Collection[Layer] = (),
) -> None:
    """Draw one to four films side by side, with shared zoom, pan and window; every control works in the browser.

    The first pane is the reference: differences are taken to it. `height` is in pixels, or a CSS length such as
    `"calc(100vh - 20rem)"`. `view` and `layers` (what is switched on) are applied when they change from one call to
    the next; between, the reader's own choices stay. Raises `ValueError` for another number of panes.
    """
    if not 1 <= len(panes) <= 4:
        raise ValueError(f"expected 1 to 4 panes, got {len(panes)}")
    films = [plane(pane.pixels) for pane in panes]
    maps = [None if pane.overlay is None else plane(pane.overlay) for pane in panes]
    lesions = [None if pane.lesion is None else plane(pane.lesion) for pane in panes]
    described = [describe(*parts) for parts in zip(panes, films, maps, lesions, strict=True)]
    length = f"{height}px" if isinstance(height, int) else height
    data = {"key": key, "panes": described, "height": length, "view": view, "layers": sorted(layers)}
    data["turn"] = turn(key, json.dumps(data))

    bases = [None, *films[:1] * (len(films) - 1)]
    sent: set[Plane] = set()
    slots = chain(
        ((f"film-{i}", film, base) for i, (film, base) in enumerate(zip(films, bases, strict=True))),
        ((f"map-{i}", saliency, None) for i, saliency in enumerate(maps)),
        ((f"lesion-{i}", lesion, None) for i, lesion in enumerate(lesions)),
    )
    with st.container(gap=None):
        _viewer(key=key, data=data)
        for slot, subject, base in slots:
            if subject is not None and subject not in sent:
                sent.add(subject)
                name = f"{key}-{slot}"
                number = turn(name, (subject.digest, base and base.digest))
                _payload(key=name, data=struct.pack("<I", number) + payload(subject, base))


def describe(pane: Pane, film: Plane, saliency: Plane | None, lesion: Plane | None) -> dict[str, str | None]:
    """What the browser is told about a pane: its words, and its planes by digest."""
    named = pane.tone == "neutral" or pane.tone.removesuffix("ce") in pane.title.lower()  # "defended" names it too
    return {
        "id": pane.id,
        "title": pane.title,
        "caption": pane.caption,
        "tone": pane.tone,
        "tag": "" if named else pane.tone,
        "verdict": pane.verdict,
        "detail": pane.detail,
        "alt": pane.alt or pane.title,
        "film": film.digest,
        "map": saliency and saliency.digest,
        "mapTitle": pane.overlay_title,
        "lesion": lesion and lesion.digest,
    }
