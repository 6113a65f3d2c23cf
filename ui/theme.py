"""The product's few colours, each with one meaning, and the stylesheet that every page carries.

Amber, blue and grey differ in lightness as well as hue, so they stay apart for colour-blind readers and in print;
a word always stands beside the colour.
"""

from pathlib import Path

import streamlit as st

ATTACK = "#e0a83a"
DEFENCE = "#6aa9e8"

STYLESHEET = Path(__file__).with_name("theme.css")
ICON = Path(__file__).parents[1] / "static" / "icon.svg"


def apply() -> None:
    """Add the stylesheet to the page that is being drawn."""
    st.html(STYLESHEET)
