"""What a person takes home: the altered file, and a figure of the comparison for slides."""

from __future__ import annotations

import streamlit as st

from ui.figure import comparison_figure
from ui.live.desk import Desk
from ui.live.tasks import UNDEFENDED


def links(desk: Desk) -> None:
    """Download buttons, once there is an attacked film. Their bytes are made when they are pressed."""
    attacked = desk.attacked(UNDEFENDED)
    if attacked is None:
        return
    from imaging import encode

    radiograph = attacked.case.radiograph
    name = "attacked-for-education"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            f"Altered {'DICOM' if radiograph.suffix == '.dcm' else radiograph.suffix[1:].upper()}",
            data=lambda: encode(radiograph),
            file_name=f"{name}{radiograph.suffix}",
            on_click="ignore",
            icon=":material/download:",
            key="download_film",
        )
        st.download_button(
            "Figure for slides",
            data=lambda: comparison_figure(desk),
            file_name=f"{name}.png",
            mime="image/png",
            on_click="ignore",
            icon=":material/image:",
            key="download_figure",
        )
