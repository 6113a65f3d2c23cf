"""What the page shows above the gallery: the question, the noise as it forms, and the film on the desk under it."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import models
from evidence import universal
from evidence.universal.patients import PLANS, strangers
from robustness.threat import GREY
from ui import heat
from ui.live.tasks import Read
from ui.live.words import ANY, aim, name
from ui.markup import bar_html, markup
from ui.sentences import answer, levels, percent
from ui.universal.figures import told
from ui.universal.tasks import Drawing, Lay, Learning, Trying
from ui.universal.ward import Ward

CEILING, START = 16, 8  # grey levels of 255
WIDTH = 640  # of a picture, in pixels
SOURCE = "Moosavi-Dezfooli, Fawzi, Fawzi and Frossard, Universal adversarial perturbations, CVPR 2017"
HELP = f"Learned in the same way by {universal.COMMAND}, for when nobody can wait. The films are read now."
STYLESHEET = Path(__file__).with_name("universal.css")


def lead() -> None:
    """What this is, in two sentences, and where it comes from."""
    st.html(STYLESHEET)
    markup(
        '<p class="lead">One single noise is learned on the films of some patients and then laid, unchanged, over the '
        "films of others it has never seen. Whoever holds such a noise needs to know neither the next film nor its "
        f'reading: it can be added on the way, in a detector or an archive.</p><p class="hint">{escape(SOURCE)}</p>',
        key="universal-lead",
    )


def controls(ward: Ward) -> None:
    """What the attacker wants, how much may change, and the button."""
    card, plan = models.card(ward.model), PLANS[models.card(ward.model).modality]
    wants = [card.classes[0], card.disease, ANY]
    goal = st.radio("What does the attacker want?", wants, format_func=lambda goal: aim(goal, card.disease), key="want")
    epsilon = st.slider("Largest change, in grey levels of 255", 1, CEILING, START, key="loudness")
    if ward.attacking:
        if st.button("Stop", width="stretch", icon=":material/stop_circle:", key="universal_stop"):
            ward.stop()
            st.rerun()
    else:
        if st.button("Learn the noise", type="primary", width="stretch", key="universal_start"):
            ward.learn(None if goal == ANY else goal, float(epsilon))
            st.rerun()
        ready = universal.known(ward.model, goal, float(epsilon)) is not None
        if ready and st.button("Show one learned before", width="stretch", key="universal_ready", help=HELP):
            ward.show_ready(goal, float(epsilon))
            st.rerun()
    bundled = sum(person.case is not None for person in strangers(card.modality))
    markup(
        f'<p class="hint">Learned on {plan.learned} drawn patients, judged on {bundled} bundled cases and '
        f"{plan.unseen} more drawn patients. All are digital phantoms, half of them ill. Films that the model already "
        "reads as the attacker wants do not count.</p>",
        key="universal-people",
    )


def story(ward: Ward) -> None:
    """What happened, in a sentence; while something runs, how far it is."""
    words, done, total = _now(ward)
    bar = ""
    if total:
        bar = bar_html(words, done, total)
    markup(f'<p class="sentence"><span>{escape(words)}</span></p>{bar}', key="universal-story", announce=not bar)


def _now(ward: Ward) -> tuple[str, int, int]:
    """``(sentence, how much is done, of how much)``; nothing of nothing where nothing runs."""
    card, progress = models.card(ward.model), ward.work.progress
    reading = ward.found(Read(ward.film, ward.model))
    trouble = ward.trouble(Read(ward.film, ward.model), ward.wish, ward.wish and ward.transfer)
    if trouble:
        return trouble, 0, 0
    if isinstance(progress, Learning):
        flipped = f"flips {percent(progress.flipped)} of the last films it saw"
        return (
            f"Learning on the {name(progress.model)}: batch {progress.step} of {progress.total}, {flipped}.",
            progress.step,
            progress.total,
        )
    if isinstance(progress, Trying):
        done = len(progress.outcomes)
        words = f"Laying the noise for the {name(progress.model)} over films it has never seen: {done} of "
        return f"{words}{progress.total}.", done, progress.total
    if ward.wish is not None and isinstance(progress, Drawing):
        return f"Drawing patients to learn on: {progress.done} of {progress.total}.", progress.done, progress.total
    if ward.wish is not None and ward.found(ward.transfer):
        return told(ward.found(ward.transfer), ward.wish), 0, 0
    if ward.attacking:
        return "The attack begins …", 0, 0
    if reading is None:
        return "The model is reading the film …", 0, 0
    return f"The model reads {answer(reading, card.disease)}. Does one noise change that for every patient?", 0, 0


def films(ward: Ward) -> None:
    """The noise, and the film on the desk without and with it."""
    disease = models.card(ward.model).disease
    reading = ward.found(Read(ward.film, ward.model))
    laid = ward.found(Lay(ward.film, ward.wish)) if ward.wish is not None else None
    before, noise, after = st.columns(3, gap="medium")
    with before:
        said = "…" if reading is None else answer(reading, disease).capitalize()
        _figure("Before", said, heat.overlay(ward.film.radiograph.pixels, None, width=WIDTH), "before")
    with noise:
        _noise(ward)
    if laid is None:
        return
    altered, judged = laid
    own, twin = judged[ward.model], judged[ward.twin.model]
    with after:
        said = answer(own.after, disease).capitalize()
        _figure("Under the noise", said, heat.overlay(altered.pixels, None, width=WIDTH), "after", tone="attack")
        largest = float(np.abs(altered.pixels.astype(np.float64) - ward.film.radiograph.pixels).max()) * GREY
        markup(
            f'<p class="hint">Saved and reopened; no pixel changed by more than {levels(largest)} of 255 grey levels. '
            f"Random noise of the same size: {escape(answer(own.chance, disease))}. "
            f'<span class="defence">Defended twin: {escape(answer(twin.before, disease))} → '
            f"{escape(answer(twin.after, disease))}.</span></p>",
            key="universal-film-note",
        )


def _noise(ward: Ward) -> None:
    """The noise as it is now, amplified so that its largest allowed change is black or white."""
    progress, wish = ward.work.progress, ward.wish
    if wish is None:
        return
    found = ward.found(wish)
    if found is not None:
        points = found.noise[0, 0].cpu().numpy()
    elif isinstance(progress, Learning):
        points = progress.noise
    else:
        return
    times = GREY / 2 / wish.epsilon
    _figure("The noise", f"amplified {times:.0f} times", amplified(points, wish.epsilon), "noise")


def amplified(noise: NDArray[np.float32], epsilon: float) -> NDArray[np.uint8]:
    """A noise ``[side, side]`` within ± ``epsilon`` grey levels of 255 as a picture: grey is no change."""
    return np.clip(127.5 * (1 + noise * GREY / epsilon), 0, 255).round().astype(np.uint8)


def _figure(title: str, said: str, picture: NDArray[np.uint8], key: str, *, tone: str = "") -> None:
    markup(
        f'<figure class="turned"><figcaption><b class="{tone}">{escape(title)}</b> {escape(said)}</figcaption>'
        f'<img src="{heat.data_uri(picture)}" alt="{escape(f"{title}: {said}")}"></figure>',
        key=f"universal-{key}",
    )
