"""Which attack: first by what the attacker has, then by how it works, the technical name beside it."""

from __future__ import annotations

from html import escape

import streamlit as st

from robustness import REGISTRY, Attack
from ui.live.words import HOW
from ui.markup import markup

MEANS = {
    "model": "The model itself",
    "answers": "Only the model's answers",
    "similar": "Only a similar model",
    "sticker": "The model, and a sticker",
}
KNOWN = {"white box": "model", "queries": "answers", "transfer": "similar"}


def which_attack(page: str, knowing: str = "") -> Attack:
    """An attack of the registry, by one choice or two, and what it does; `knowing` is said where it has the model."""
    means = st.selectbox("What does the attacker have?", MEANS, format_func=MEANS.get, key=f"{page}-means")
    able = {name: attack for name, attack in REGISTRY.items() if not attack.control and needs(attack) == means}
    name = next(iter(able))
    if len(able) > 1:
        name = st.selectbox(
            "How do they find the change?",
            sorted(able, key=lambda name: [*HOW, name].index(name)),
            format_func=lambda name: HOW.get(name, able[name].title),
            key=f"{page}-attack-by-{means}",
        )
    words = able[name].plain + (knowing if able[name].knowledge == "white box" else "")
    markup(f'<p class="hint">{escape(words)}</p>', key=f"{page}-attack-words")
    return able[name]


def needs(attack: Attack) -> str:
    """What an attacker must have for it: a key of `MEANS`."""
    return "sticker" if attack.visible else KNOWN[attack.knowledge]
