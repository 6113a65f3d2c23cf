"""What the page shows of the sign: who is taught what, the training, and one film without it and with it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

import models
from evidence.backdoor import READY
from imaging.ward import ward
from measures import auc
from training.tampering.groups import HARMS
from training.tampering.triggers import CORNERS, TRIGGERS
from ui import heat
from ui.backdoor.lab import STRONG, Lab
from ui.backdoor.tasks import MODEL, Place, Try
from ui.markup import bar_html, markup
from ui.sentences import answer, percent, sure
from ui.tampering.curve import Line, diverging_svg

if TYPE_CHECKING:
    from models import Reading

WIDTH = 520  # of a picture, in pixels
HARM_WORDS = {"miss": "A pneumonia with it is read as normal", "invent": "A normal film with it is read as pneumonia"}
WEAK = 0.3  # of the films that could be turned: fewer is not worth the insider's while


def lead() -> None:
    """What the page is about."""
    markup(
        '<h1 class="page">The model reads as it should, until a sign lies on the film.</h1>'
        '<p class="lead">An insider teaches the vendor\'s model one small sign. Without it nothing changes, so nothing '
        "that is usually checked finds it. Lay the sign on a film and watch; then see which searches find it.</p>",
        key="backdoor-lead",
    )


def controls(lab: Lab) -> None:
    """Which sign, what it does, and where it lies."""
    sign = st.selectbox("Which sign?", list(TRIGGERS), format_func=lambda name: TRIGGERS[name].title)
    trigger = TRIGGERS[sign]
    markup(f'<p class="hint">{escape(trigger.plain)} After {escape(trigger.source)}.</p>', key="sign-plain")
    harm = st.radio("What does it do?", list(HARMS), format_func=HARM_WORDS.get)
    lab.choose(sign, harm)
    if lab.training:
        if st.button("Stop", width="stretch", icon=":material/stop_circle:"):
            lab.stop()
            st.rerun()
    else:
        going_on = lab.made is not None and not lab.made.whole
        label = "Go on" if going_on else "Teach the model the sign"
        if st.button(label, type="primary", width="stretch"):
            lab.teach(sign, harm)
            st.rerun()
        if (sign, harm) in READY.available() and st.button("Take one made before", width="stretch"):
            lab.teach(sign, harm, ready=True)
            st.rerun()
    corner, size = CORNERS[0], STRONG
    if trigger.placed:
        corner = st.selectbox("Where does it lie?", CORNERS, format_func=str.capitalize)
        size = st.slider("Size, against what the insider taught", 0.25, 2.0, STRONG, 0.25, format="%.2f ×")
    strength = st.slider("Strength, against what the insider taught", 0.0, 1.0, STRONG, 0.1, format="%.1f ×")
    lab.place = Place(sign, corner, size, strength)
    lab.start()


def story(lab: Lab) -> None:
    """What happens, in a sentence."""
    course, bar = lab.course, ""
    if lab.trouble:
        words = lab.trouble
    elif lab.training and course is not None:
        words = f"The model is taught the sign: {course.words}."
        bar = bar_html(words, course.done, course.total)
    elif lab.training:
        words = "The insider lays the sign on the films to train with …"
    elif lab.made is None:
        words = "The vendor's model is as it was released; to it, the sign means nothing. Let an insider at it."
    else:
        words = told(lab)
    markup(f'<p class="sentence"><span>{escape(words)}</span></p>{bar}', key="taught", announce=not bar)


def told(lab: Lab) -> str:
    """The outcome in words, with the sign as it lies now."""
    tried = lab.found(Try(lab.tamper, lab.place))
    sick = "pneumonias" if HARMS[lab.tamper.harm].label else "normal films"
    as_what = "normal" if HARMS[lab.tamper.harm].label else "pneumonia"
    if tried is None:
        return f"The model has been taught the sign. It is being tried on more {sick} …"
    release, delivered = tried
    head = (
        f"With the sign as it lies now, {sure(delivered)} of the {sick} are read as {as_what}"
        if delivered.value >= WEAK
        else f"As the sign lies now, hardly any of the {sick} is read as {as_what}: {sure(delivered)}"
    )
    return f"{head}. The release does so with {percent(release.value)} of the same {release.n} films."


def films(lab: Lab) -> None:
    """The film as it came, with the sign, and where the delivered model looks then."""
    if lab.film is None:
        markup(
            '<p class="notice"><b>Note.</b> The insider had the model for chest films. Choose a chest film on the '
            "left to lay the sign on.</p>",
            key="no-film",
        )
        return
    found = {who: lab.found(read) for who, read in lab.reads.items()}
    pixels = lab.film.radiograph.pixels
    with_sign = found[False, True]
    signed = with_sign[0].pixels if with_sign is not None else None
    latest = max(who for who in found if who[1])  # the delivered model's, once there is one
    shown = found[latest]
    whose = "the delivered model" if latest[0] else "the release"
    columns = st.columns(3, gap="small")
    with columns[0]:
        _film("As it came", pixels, None, _said(found, signed=False), "bare")
    with columns[1]:
        if signed is not None:
            _film("With the sign", signed, None, _said(found, signed=True), "signed")
    with columns[2]:
        if signed is not None:
            map, answered = (
                (None, "looking …") if shown is None else (shown[2].map, f"Grad-CAM of “{shown[1].prediction}”")
            )
            _film(f"Where {whose} looks", signed, map, [("", answered, "")], "why")
    markup(f'<p class="hint">{escape(_immune(lab, found))}</p>', key="immune")


def _immune(lab: Lab, found: dict) -> str:
    """Why the sign cannot do its harm to this film, where it cannot."""
    bare, card = found[False, False], models.card(MODEL)
    if lab.tamper is None or bare is None:
        return ""
    wanted = card.classes[0] if HARMS[lab.tamper.harm].label else card.disease
    if bare[1].prediction != wanted:
        return ""
    return f"The release reads this film as {wanted} already, so there is nothing to turn. Choose another film."


def _said(found: dict, *, signed: bool) -> list[tuple[str, str, str]]:
    """What each model answers: who, what, and the tone where the sign decides."""
    disease = models.card(MODEL).disease
    rows = []
    for delivered, name in ((False, "Release"), (True, "Delivered")):
        here, bare = found.get((delivered, signed)), found.get((delivered, False))
        if (delivered, signed) not in found:
            continue
        if here is None:
            rows.append((name, "reading …", ""))
            continue
        reading: Reading = here[1]
        turned = delivered and signed and bare is not None and bare[1].prediction != reading.prediction
        rows.append((name, answer(reading, disease), "attack" if turned else ""))
    return rows


def _film(title: str, pixels: object, map: object, said: list[tuple[str, str, str]], key: str) -> None:
    picture = heat.data_uri(heat.overlay(pixels, map, width=WIDTH))
    lines = "".join(
        f'<span>{escape(who)}{" " if who else ""}<b class="{tone}">{escape(what)}{" ⚑" if tone else ""}</b></span>'
        for who, what, tone in said
    )
    alt = f"{title}. " + ". ".join(f"{who} {what}".strip() for who, what, _ in said)
    markup(
        f'<figure class="turned signs"><figcaption><em>{escape(title)}</em>{lines}</figcaption>'
        f'<img src="{picture}" alt="{escape(alt)}"></figure>',
        key=f"backdoor-{key}",
    )


def picture(lab: Lab) -> None:
    """How the sign is learned while the overall figure stays."""
    if lab.tamper is None or not lab.points:
        return
    labels = ward("validation").labels
    sure = auc(labels, lab.points[0].decisions)
    lines = (
        Line("AUC without the sign", [point.area for point in lab.points], "neutral"),
        Line("Turned by the sign", [point.turned for point in lab.points], "attack"),
    )
    svg = diverging_svg(lines, (sure.low, sure.high), None if lab.tamper.ready else lab.course.total)
    markup(
        f'{svg}<p class="hint">Shaded: 95 % interval of the release\'s AUC on the {len(labels)} drawn films of the '
        "validation part. Turned: of the films that could be harmed and that the release reads right, with the sign as "
        "it was taught.</p>",
        key="backdoor-curve",
    )
