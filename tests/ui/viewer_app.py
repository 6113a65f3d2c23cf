"""Films whose every pixel is known, in the viewer, and a strip of cases. Scenes are chosen by query parameter."""

import io
from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from ui.case_strip import Item, case_strip
from ui.viewer import Pane, film_viewer

SIZE = 256
EIGHT_BIT = np.arange(SIZE * SIZE).reshape(SIZE, SIZE) * 7 % 256  # every grey level of 255, many times
SIXTEEN_BIT = np.arange(SIZE * SIZE).reshape(SIZE, SIZE) * 24_691 % 65_536  # every one of 65,536 levels, once
BLOCK = np.zeros((SIZE, SIZE), bool)
BLOCK[96:160, 96:160] = True


def attacked(step: int) -> np.ndarray:
    """The 8-bit film with changes of at most two grey levels, other ones at each step."""
    changes = np.random.default_rng(step).integers(-2, 3, EIGHT_BIT.shape)
    return np.clip(EIGHT_BIT + changes, 0, 255)


def panes(scene: str, step: int) -> list[Pane]:
    """What a scene shows."""
    film = (EIGHT_BIT / 255).astype(np.float32)
    altered = (attacked(step) / 255).astype(np.float32)
    first = Pane(id="first", title="Original", pixels=film, caption="8 bit", verdict="Pneumonia 97 %", alt="Test film")
    second = Pane(
        id="second",
        title="Attacked",
        pixels=altered,
        tone="attack",
        verdict=f"Normal {92 - step} %",
        alt="Altered film",
    )
    deep = Pane(id="deep", title="Deep", pixels=(SIXTEEN_BIT / 65535).astype(np.float32), tone="defence")
    black = Pane(id="black", title="Black", pixels=np.zeros((64, 64), np.float32))
    white = Pane(id="white", title="White", pixels=np.ones((64, 64), np.float32))
    seen = Pane(
        id="seen",
        title="Seen",
        pixels=film,
        overlay=BLOCK.astype(np.float32),
        overlay_title="Grad-CAM",
        lesion=BLOCK,
    )
    return {
        "one": [first],
        "pair": [first, second],
        "three": [first, second, deep],
        "large": [replace(pane, pixels=np.tile(pane.pixels, (6, 6))) for pane in (first, second)],
        "deep": [deep],
        "contrast": [black, white],
        "seen": [seen],
        "sizes": [first, white],
    }[scene]


def thumbnail(grey: int) -> bytes:
    """A small PNG of one grey."""
    file = io.BytesIO()
    Image.new("L", (32, 32), grey).save(file, "PNG")
    return file.getvalue()


def main() -> None:
    """Strip, button for the next step of the attack, films."""
    st.set_page_config(layout="wide")
    query = st.query_params
    cases = [Item(str(i), thumbnail(20 * i), f"F {50 + i} · PA", "phantom", f"Case {i}") for i in range(9)]
    side, middle = st.columns([1, 7])
    with side:
        chosen = case_strip(cases, selected=st.session_state.get("case", "2"), key="cases", height=420)
        if chosen:
            st.session_state.case = chosen
            st.session_state.opened = st.session_state.get("opened", 0) + 1
            st.rerun()
        st.text(f"case {st.session_state.get('case', '2')}, opened {st.session_state.get('opened', 0)} times")
    with middle:
        st.session_state.step = st.session_state.get("step", 0) + st.button("Next step")
        scene = query.get("scene", "pair")
        film_viewer(panes(scene, st.session_state.step), key="films", height=560, view=query.get("view", "side"))


if __name__ == "__main__":
    main()
