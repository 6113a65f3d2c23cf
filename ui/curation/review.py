"""The films that a search flags, as thumbnails: keep or throw out each, take the list home, learn again."""

from __future__ import annotations

import json
from html import escape

import numpy as np
import streamlit as st

from evidence.poisoning.delivery import POISON, Flag, files, manifest_of, table
from evidence.poisoning.material import harmed
from training.tampering.groups import GROUPS
from ui import heat
from ui.curation.curve import pooled, whom
from ui.curation.desk import Curation
from ui.curation.tasks import Outcome, Searched
from ui.markup import area_html, figures_html, markup, share_html
from ui.sentences import percent

A_PAGE, ACROSS, WIDTH = 12, 6, 200
LABELS = ("normal", "pneumonia")


def review(desk: Curation) -> None:
    """The whole of it, once the set was searched."""
    found = desk.searched
    if found is None:
        return
    markup(
        f'<h2 class="small">Flagged: {len(found.flags)} of {len(found.delivery)} films</h2>'
        f'<p class="hint">{escape(_suspicion(found))} {escape(_against_manifest(found))}</p>',
        key="flagged-head",
        announce=True,
    )
    _pages(desk, found)
    shown = found.flags[desk.page * A_PAGE : (desk.page + 1) * A_PAGE]
    for start in range(0, len(shown), ACROSS):
        for column, flag in zip(st.columns(ACROSS, gap="small"), shown[start : start + ACROSS], strict=False):
            with column:
                _film(desk, found, flag)
    _exports(desk, found)
    _gain(desk, found)


def _suspicion(found: Searched) -> str:
    """Whether the set as a whole is suspect, and where."""
    flagged = [each for each in found.doubts.excess if each.flagged]
    if not flagged:
        return "In no group are more films doubted than in a set that the hospital trusts."
    worst = max(flagged, key=lambda each: each.here.value - each.trusted.value)
    return (
        f"⚑ Of {GROUPS[worst.name].title.lower() if worst.name in GROUPS else worst.name} entered as "
        f"{LABELS[worst.label]}, {percent(worst.here.value)} are doubted (n = {worst.here.n}); in a trusted set "
        f"{percent(worst.trusted.value)} (n = {worst.trusted.n})."
    )


def _against_manifest(found: Searched) -> str:
    """How the delivery stands against what its publisher promised."""
    told = found.verification
    if told.intact:
        return "Every file is the one that the publisher's manifest lists; it sees nothing that was wrong before."
    return (
        f"Against the publisher's manifest (SHA-256 of each file): changed {len(told.changed)}, added "
        f"{len(told.added)}, missing {len(told.missing)}. A set that was poisoned before its "
        "manifest was written would pass."
    )


def _pages(desk: Curation, found: Searched) -> None:
    last = max(0, (len(found.flags) - 1) // A_PAGE)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Earlier", disabled=desk.page == 0, icon=":material/chevron_left:"):
            desk.page -= 1
            st.rerun()
        markup(f'<p class="label">Page {desk.page + 1} of {last + 1}</p>', key="flagged-page")
        if st.button("Further", disabled=desk.page >= last, icon=":material/chevron_right:"):
            desk.page += 1
            st.rerun()
        if st.button("Throw out all", disabled=not desk.kept):
            desk.keep(())
            st.rerun()
        if st.button("Keep all", disabled=len(desk.kept) == len(found.flags)):
            desk.keep(flag.place for flag in found.flags)
            st.rerun()


def _film(desk: Curation, found: Searched, flag: Flag) -> None:
    """One film with the reasons for which it is flagged; ticked: it is thrown out."""
    ward = found.delivery.material.ward
    label = LABELS[ward.labels[flag.place]]
    about = f"{ward.sex[flag.place]}, {ward.age[flag.place]:.0f}, entered as {label}"
    picture = heat.data_uri(heat.overlay(ward.films[flag.place].astype("float32") / 255, None, width=WIDTH))
    words = " ".join(flag.reasons)
    markup(
        f'<figure class="flagged"><img src="{picture}" alt="{escape(f"Film {flag.place}: {about}. {words}")}">'
        f"<figcaption><b>{escape(about)}</b><br>{escape(words)}</figcaption></figure>",
        key=f"flag-{flag.place}",
    )
    key = f"throw-{desk.rounds}-{flag.place}"
    thrown = st.checkbox(f"Throw out {flag.place}", flag.place not in desk.kept, key=key)
    (desk.kept.discard if thrown else desk.kept.add)(flag.place)


def _exports(desk: Curation, found: Searched) -> None:
    """The cleaned list, and a manifest of the cleaned set."""
    kept = np.array([place for place in range(len(found.delivery)) if place not in desk.thrown])
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Cleaned list (CSV)",
            data=lambda: table(found.delivery, kept),
            file_name="cases.csv",
            mime="text/csv",
            on_click="ignore",
            key="list",
        )
        st.download_button(
            "Manifest of what is kept (Croissant)",
            data=lambda: json.dumps(manifest_of(files(found.delivery, kept)), indent=1),
            file_name="croissant.json",
            mime="application/ld+json",
            on_click="ignore",
            key="manifest",
        )


def _gain(desk: Curation, found: Searched) -> None:
    """What is learned before the poison, with it, and without what was thrown out; and what was thrown out in truth."""
    names = {"Before anyone touched it": None, "As it arrived": frozenset(), "After your curation": desk.thrown}
    rows = [f"<tr><th>{escape(name)}</th>{_figures(desk, desk.learned(thrown))}</tr>" for name, thrown in names.items()]
    who = f"Sensitivity, {whom(desk.aim)}"
    told = figures_html(("The model learns from the set", "Overall AUC", escape(who), "Specificity"), rows)
    markup(f'{told}<p class="hint">{escape(_truth(desk, found))}</p>', key="gain")


def _figures(desk: Curation, outcome: Outcome | None) -> str:
    if outcome is None:
        return '<td colspan="3">learning …</td>'
    rates = [outcome.sensitivity[name] for name in harmed(desk.aim)]
    found = pooled(rates)
    spread = f"{percent(found.low)} – {percent(found.high)}, " if len(rates) == 1 else ""
    return (
        f"<td>{area_html(outcome.area)}</td>"
        f"<td><b>{percent(found.value)}</b> <span>{spread}n {found.n}</span></td>"
        f"<td>{share_html(outcome.specificity, counted=True)}</td>"
    )


def _truth(desk: Curation, found: Searched) -> str:
    """What only the poisoner knows."""
    truth = found.delivery.truth
    poisoned = [place for place, fault in enumerate(truth) if fault == POISON]
    faulty = [place for place, fault in enumerate(truth) if fault not in ("", POISON)]
    fine = len(desk.thrown) - sum(place in desk.thrown for place in (*poisoned, *faulty))
    return (
        f"In truth: thrown out were {sum(place in desk.thrown for place in poisoned)} of {len(poisoned)} poisoned "
        f"films, {sum(place in desk.thrown for place in faulty)} of {len(faulty)} copies and strangers that were put "
        f"among them, and {fine} films that nothing was wrong with."
    )
