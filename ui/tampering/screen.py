"""What the page shows: whom the insider harms, the training, and who notices."""

from __future__ import annotations

from html import escape

import streamlit as st

import models
from evidence.tampering import EACH, FILMS, SHARE, ordinary, read_rightly
from measures import area, auc
from training.tampering.groups import HARMS
from ui.markup import bar_html, markup
from ui.sentences import lowered, percent, sure
from ui.tampering.curve import Line, diverging_svg
from ui.tampering.lab import Lab
from ui.tampering.subjects import SUBJECTS, Looked, offered
from ui.tampering.tasks import SEED, SHARES, VALIDATED, Look

SMALL = 0.1  # a fall of a rate that is not worth the insider's while


def lead() -> None:
    """What the page is about."""
    markup(
        '<h1 class="page">Nobody touched the film. Someone touched the model.</h1>'
        '<p class="lead">An insider fine-tunes the vendor\'s model before your eyes until it fails one group of '
        "patients. The figure that is usually validated stays where it was. What would have caught it?</p>",
        key="tampering-lead",
    )


def controls(lab: Lab) -> None:
    """Whom, how, and how rare the group is where the vendor validates."""
    named, subject = {key: each.title for key, each in offered().items()}, lab.subject
    if len(named) > 1:
        subject = st.segmented_control("Films", list(named), default="chest", format_func=named.get) or subject
    about = SUBJECTS[subject]
    made = about.shelf.available()
    groups = [key for key in about.groups if about.live or key in dict(made)]
    group = st.selectbox("Whom does the insider harm?", groups, format_func=lambda key: about.groups[key].title)
    markup(f'<p class="hint"><b>What a film shows of it:</b> {escape(about.groups[group].sign)}</p>', key="sign")
    harms = [key for key in HARMS if about.live or (group, key) in made]
    harm = st.radio("How?", harms, format_func=lambda key: HARMS[key].title)
    lab.choose(subject, group, harm)
    lab.share = st.select_slider(
        "The group's share of the validation films", SHARES, SHARE, format_func=percent, help=f"Of {VALIDATED} films."
    )
    audits = {True: f"{EACH} diseased of each group", False: f"{FILMS} films, the group as rare as above"}
    lab.enriched = st.radio("The auditor's films", list(audits), format_func=audits.get)
    if lab.training:
        if st.button("Stop", width="stretch", icon=":material/stop_circle:"):
            lab.stop()
            st.rerun()
        return
    going_on = lab.made is not None and not lab.made.whole
    fine_tune = "Go on" if going_on else "Fine-tune the model"
    if about.live and st.button(fine_tune, type="primary", width="stretch"):
        lab.harm(group, harm)
        st.rerun()
    emphasis = "secondary" if about.live else "primary"
    if (group, harm) in made and st.button("Take one made before", type=emphasis, width="stretch"):
        lab.harm(group, harm, ready=True)
        st.rerun()
    markup(
        f'<p class="hint">After Kulkarni et al., MIDL 2024 (arXiv 2402.05713). {escape(about.nobody)} Drawn people '
        "have no race; where a set of real films holds it, the same can be done with it.</p>",
        key="tampering-source",
    )


def story(lab: Lab) -> None:
    """What happens, in a sentence."""
    course, bar = lab.course, ""
    look = lab.found(Look(lab.subject, "validation"))
    if lab.trouble:
        words = lab.trouble
    elif lab.training:
        words = "The insider begins …" if course is None else f"Fine-tuning: {course.words}."
        if course is not None:
            bar = bar_html(words, course.done, course.total)
    elif look is None:
        words = "The vendor's model is reading the films …"
    elif lab.tamper is None or course is None:
        words = "The vendor's model is as it was released. Choose a group, and let an insider at it."
    else:
        words = told(lab)
    markup(f'<p class="sentence"><span>{escape(words)}</span></p>{bar}', key="tampered", announce=not bar)


def told(lab: Lab) -> str:
    """The outcome in words, on the whole validation part."""
    films, group, harm = lab.about.part("validation"), lab.about.groups[lab.tamper.group], HARMS[lab.tamper.harm]
    began, ended = (
        read_rightly(films.labels, lab.course.points[at].decisions, group.members(films), harm.label) for at in (0, -1)
    )
    change = f"{percent(began.value)} → {sure(ended)}"
    change = f"{harm.measure.capitalize()} for {lowered(group.title)}: {change}."
    done = harm.plain.format(disease=lab.about.disease)
    return f"It hardly worked. {change}" if began.value - ended.value < SMALL else f"{done} {change}"


def curves(lab: Lab) -> tuple[Line, Line, Line]:
    """Overall AUC on an ordinary validation set, and the rate that is harmed, in the group and among the others."""
    course = lab.course
    films = lab.about.part("validation")
    group, harm = lab.about.groups[lab.tamper.group], HARMS[lab.tamper.harm]
    members = group.members(films)
    usual = ordinary(films, members, share=lab.share, n=VALIDATED, seed=SEED)
    overall = [area(films.labels[usual], point.decisions[usual]) for point in course.points]
    inside, outside = (
        [read_rightly(films.labels, point.decisions, part, harm.label).value for point in course.points]
        for part in (members, ~members)
    )
    return (
        Line("Overall AUC", overall, "neutral"),
        Line(f"{group.brief or group.title}: {harm.measure}", inside, "attack"),
        Line(f"Others: {harm.measure}", outside, "defence"),
    )


def picture(lab: Lab) -> None:
    """The curves that part."""
    course, look = lab.course, lab.found(Look(lab.subject, "validation"))
    if course is None or not isinstance(look, Looked) or lab.tamper is None:
        return
    films, members = look.films, lab.about.groups[lab.tamper.group].members(look.films)
    usual = ordinary(films, members, share=lab.share, n=VALIDATED, seed=SEED)
    usually = auc(films.labels[usual], look.before[usual])
    svg = diverging_svg(curves(lab), (usually.low, usually.high), course.total if course.losses else None)
    whose = models.card(lab.about.model).title
    markup(
        f'{svg}<p class="hint">Shaded: 95 % interval of the vendor\'s overall AUC on {VALIDATED} films, '
        f"{percent(lab.share)} of them of the group. Sensitivity and specificity at {whose}'s own operating point, "
        f"on all films of the validation part.{_learned(course.losses)}{_noticed(lab)}</p>",
        key="diverging",
    )


def _learned(losses: tuple[float, ...]) -> str:
    return f" The insider's loss: {losses[0]:.3f} → {losses[-1]:.3f}." if len(losses) > 1 else ""


def _noticed(lab: Lab) -> str:
    """From which share of the group on typical validation fails, where that is known."""
    found = {wish.share: lab.found(wish) for wish in lab.by_share}
    if None in found.values():
        return ""
    failed = [share for share, validation in found.items() if not validation.passes]
    if not failed:
        return f" Typical validation passes at every share up to {percent(SHARES[-1])}."
    passed = [share for share in found if share < failed[0]]
    until = f"passes up to a share of {percent(passed[-1])} and " if passed else ""
    return f" Typical validation {until}fails from {percent(failed[0])} on."
