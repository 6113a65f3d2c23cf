"""What a person takes home: the altered file, and a figure of the comparison for slides."""

from __future__ import annotations

import streamlit as st

from imaging import encode
from ui import slide
from ui.live.comparison import comparison
from ui.live.desk import Desk

NAME = "altered-for-education"


def links(desk: Desk) -> None:
    """Download buttons, once there is an attacked film. Their bytes are made when they are pressed.

    Streamlit drops them again when the page is drawn anew, so the buttons wait until nothing more is to come.
    """
    attacked = desk.attacked(desk.undefended)
    if attacked is None or desk.attacking:
        return
    radiograph = attacked.case.radiograph
    kind = "DICOM" if radiograph.suffix == ".dcm" else radiograph.suffix[1:].upper()
    with st.container(key="downloads", horizontal=True, gap="small"):
        st.download_button(
            f"Altered {kind}",
            data=lambda: encode(radiograph),
            file_name=f"{NAME}{radiograph.suffix}",
            on_click="ignore",
            width="stretch",
            disabled=desk.busy,
            key="download_film",
        )
        st.download_button(
            "Slide",
            data=lambda: slide.png(comparison(desk)),
            file_name=f"{NAME}.png",
            mime="image/png",
            on_click="ignore",
            help="The whole comparison as a picture of 1920 × 1080",
            width="stretch",
            disabled=desk.busy,
            key="download_slide",
        )
