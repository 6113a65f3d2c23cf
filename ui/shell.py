"""What every page opens with: title, theme, the bar with its links, and the device in use."""

from dataclasses import dataclass

import streamlit as st

from ui import theme
from ui.loaded import device


@dataclass(frozen=True)
class Page:
    """One screen: the file Streamlit serves, and its name in the bar."""

    path: str
    label: str


START = Page("app.py", "Start")
LIVE = Page("pages/live_attack.py", "Live attack")
EXPLANATION = Page("pages/attack_explanation.py", "Explanations")
UNIVERSAL = Page("pages/universal.py", "One noise for all")
SIDE_BY_SIDE = Page("pages/side_by_side.py", "Defended vs undefended")
DEFENCES = Page("pages/defences.py", "Which defences hold")
TAMPERING = Page("pages/tampered_model.py", "Tampered model")
BACKDOOR = Page("pages/backdoor.py", "Backdoor")
POISONED = Page("pages/poisoned_data.py", "Poisoned data")
PRIVACY = Page("pages/privacy.py", "Privacy")
MODELS = Page("pages/model_zoo.py", "Models")


@dataclass(frozen=True)
class Section:
    """Pages that share one place in the bar, under one name."""

    label: str
    pages: tuple[Page, ...]


BAR: tuple[Page | Section, ...] = (
    START,
    LIVE,
    Section("Variations", (EXPLANATION, UNIVERSAL)),
    Section("Defences", (SIDE_BY_SIDE, DEFENCES)),
    Section("Tampering", (TAMPERING, BACKDOOR, POISONED)),
    PRIVACY,
    MODELS,
)


def begin(page: Page) -> None:
    """Open a page. The first Streamlit call of every page."""
    st.set_page_config(page_title=f"{page.label} · Adversarial Reading Room", page_icon=str(theme.ICON), layout="wide")
    theme.apply()
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html('<span class="room-name">Adversarial Reading Room</span>', width="content")
        for entry in BAR:
            if isinstance(entry, Page):
                st.page_link(entry.path, label=entry.label)
                continue
            here = "-here" if page in entry.pages else ""
            with (
                st.container(key=f"section{here}-{entry.label}", width="content"),
                st.popover(entry.label, type="tertiary"),
            ):
                for below in entry.pages:
                    st.page_link(below.path, label=below.label)
        st.html(f'<div class="room-state">{state()}</div>')


def state() -> str:
    """Where the models run, once they do, and what holds everywhere."""
    kind = {None: "", "cuda": "GPU · ", "mps": "GPU (Apple) · ", "cpu": "CPU · "}[device()]
    return f"{kind}offline · education, not diagnosis"
