"""The panels of the start page. They stand on ready files: nothing here needs a model."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from evidence import showcase
from robustness import METHODS
from ui import heat, shell
from ui.charts import Curve, curves_svg
from ui.live.words import short, tone
from ui.markup import markup
from ui.sentences import answer, levels, percent, verdict
from ui.viewer import Pane, film_viewer


@dataclass(frozen=True)
class Way:
    """One reason to come here, and where it leads."""

    name: str
    who: str
    what: str
    link: str
    page: shell.Page
    query: dict[str, str]


WAYS = (
    Way(
        "education",
        "For an education session",
        "Pick a film, let the model read it, and change its mind without changing the image. Every step can be seen.",
        "Attack a film",
        shell.LIVE,
        {},
    ),
    Way(
        "rounds",
        "For grand rounds",
        "The same attack on a defended twin, side by side: what it costs the attacker, and a slide to take away.",
        "Compare with the defended twin",
        shell.LIVE,
        {"twin": "true"},
    ),
    Way(
        "desk",
        "For a regulator's or hospital's desk",
        "On whom each model was trained, how it reads by sex, age and view, how it fails under attack: with intervals.",
        "Read the model cards",
        shell.MODELS,
        {},
    ),
)


def welcome() -> None:
    """What this is, in two sentences."""
    markup(
        '<div class="welcome"><h1>The film stays the same. The reading flips.</h1>'
        "<p>This room attacks models that read chest radiographs and mammograms while you watch, and shows how little "
        "it took, why the model fell for it, and what a defended twin makes of the same attack. "
        "Everything runs on this machine, on digital phantoms or on your own films; no image leaves it.</p></div>",
        key="welcome",
    )


def ways_in() -> None:
    """Three cards that lead into the product."""
    for column, way in zip(st.columns(len(WAYS), gap="medium"), WAYS, strict=True):
        with column, st.container(key=f"card-{way.name}"):
            markup(f"<h2>{escape(way.who)}</h2><p>{escape(way.what)}</p>", key=f"way-{way.name}")
            st.page_link(way.page.path, label=way.link, icon=":material/arrow_forward:", query_params=way.query)


def example() -> None:
    """The stored case: sentence, films, curve and maps."""
    case = showcase.load()
    undefended, defended = case.attacks
    before, after, rest = verdict(undefended, case.disease)
    held = "gave way too" if defended.flipped else "held"
    twin = f"The twin {held}: {answer(defended.after, case.disease)}."
    markup(
        '<div class="example"><p class="label">A case already attacked</p>'
        f'<p class="sentence">{escape(before.capitalize())} <span class="attack">→ {escape(after)}.</span> '
        f'{escape(rest)} <span class="defence">{escape(twin)}</span></p></div>',
        key="example-verdict",
    )
    films, reasons = st.columns([2.9, 1], gap="medium")
    with films:
        film_viewer(_panes(case), key="example", height="max(24rem, 100vh - 27.5rem)")
    with reasons:
        markup(_reasons(case), key="example-reasons")


def _panes(case: showcase.Showcase) -> list[Pane]:
    original = case.attacks[0]
    panes = [
        Pane(
            "original",
            "Original",
            case.film,
            caption=f"digital phantom · {case.title}",
            verdict=answer(original.before, case.disease).capitalize(),
            detail=f"operating point {percent(original.operating_point)}",
            alt=f"Original film. {case.title}. Digital phantom.",
            overlay=original.saliency_before,
            overlay_title="What the model looked at",
        )
    ]
    panes += [
        Pane(
            attack.model,
            "Attacked" if tone(attack.model) == "attack" else "Defended twin, attacked",
            attack.film,
            caption="after saving and reopening",
            tone=tone(attack.model),
            verdict=answer(attack.after, case.disease).capitalize(),
            detail=f"same-size noise: {answer(attack.noise, case.disease)}",
            alt=f"The film after the attack on the {short(attack.model)} model",
            overlay=attack.saliency_after,
            overlay_title="What the model looked at",
        )
        for attack in case.attacks
    ]
    return panes


def _reasons(case: showcase.Showcase) -> str:
    curves = [Curve(short(a.model), a.trace, tone(a.model), a.operating_point) for a in case.attacks]
    method, undefended = METHODS[case.method].title, case.attacks[0]
    shown = (("Before", case.film, undefended.saliency_before), ("After", undefended.film, undefended.saliency_after))
    maps = "".join(
        f'<figure><img src="{_uri(film, saliency)}" alt="{when} the attack: {method}">'
        f"<figcaption>{when}</figcaption></figure>"
        for when, film, saliency in shown
    )
    rows = "".join(f"<dt>Smallest flip, {short(a.model)}</dt><dd>{_smallest(a)}</dd>" for a in case.attacks)
    return (
        f'<p class="label">Probability of {escape(case.disease)}, step by step</p>{curves_svg(curves, case.disease)}'
        f'<p class="label gap">Why: what the undefended model looked at ({method})</p><div class="thumbs">{maps}</div>'
        f'<dl class="figures">{rows}</dl>'
        f'<p class="hint">The first bundled case that both models read right and only the defended one still does '
        f"afterwards. Made by <code>{showcase.COMMAND}</code>.</p>"
    )


def _uri(film: NDArray[np.float32], saliency: NDArray[np.float32]) -> str:
    return heat.data_uri(heat.overlay(film, saliency, width=320))


def _smallest(attack: showcase.Attack) -> str:
    return "none found" if attack.smallest is None else f"{levels(attack.smallest)} of 255"
