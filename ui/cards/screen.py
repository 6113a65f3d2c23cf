"""Model cards for a clinician, a regulator or a physicist: figures with n and intervals, never a bare number."""

from __future__ import annotations

from html import escape

import streamlit as st

import models
from evidence.provenance import bill_of_materials
from models import Card, Figure
from ui.cards.card import card_html
from ui.cards.cells import DATA, UNDER_ATTACK
from ui.charts import Bar, bars_svg
from ui.markup import markup

LEVELS = " grey levels"
FILMS = {"chest": "Chest X-rays", "mammogram": "Mammograms"}


def chosen() -> tuple[Card, Card]:
    """The undefended model and its twin for the kind of film that the person chose."""
    kinds = models.modalities()
    kind = kinds[0]
    if len(kinds) > 1:
        kind = st.segmented_control(
            "Kind of film", kinds, default=kind, format_func=FILMS.get, key="zoo_kind", label_visibility="collapsed"
        )
    return models.pair(kind or kinds[0])


def comparison(model: Card, twin: Card) -> None:
    """The two side by side, as the attacker's budget grows."""
    both = {figure.data for figure in twin.figures}
    sets = [data for data in dict.fromkeys(figure.data for figure in model.figures) if data in both]
    names = {data: DATA.get(data, data) for data in sets}
    markup(
        '<h1 class="page">What the defence changes, and what it costs</h1>'
        f'<p class="lead">{escape(_gist(model, twin))}</p>',
        key=f"gist-{model.id}",
    )
    for column, data in zip(st.columns(max(2, len(sets)), gap="large"), sets, strict=False):
        groups = [
            (budget.removesuffix(LEVELS), [_bar("undefended", "attack", first), _bar("defended", "defence", second)])
            for budget, first, second in _under_attack(model, twin, data)
        ]
        with column:
            title = f"Area under the ROC curve. {names[data]}"
            markup(f'<h2 class="small">{escape(title)}</h2>{bars_svg(groups, title)}', key=f"bars-{model.id}-{data}")
    markup(
        '<p class="hint">Bars are the figure, thin lines its 95 % interval. Each film was attacked white box with '
        "projected gradient descent, no pixel changed by more than so many grey levels; 0.5 is guessing.</p>",
        key=f"bars-note-{model.id}",
    )


def cards(model: Card, twin: Card) -> None:
    """Both cards, side by side, and below them those of all other models that read the same kind of film."""
    others = [models.card(id) for id in models.ids() if id not in (model.id, twin.id)]
    shown = [model, twin, *(card for card in others if card.modality == model.modality)]
    for first in range(0, len(shown), 2):
        for column, card in zip(st.columns(2, gap="medium"), shown[first : first + 2], strict=False):
            with column, st.container(key=f"card-{card.id}"):
                markup(card_html(card), key=f"body-{card.id}")


def bill() -> None:
    """The bill of materials of all models, for whoever keeps a register of them."""
    st.download_button(
        "Bill of materials (CycloneDX 1.6)",
        data=bill_of_materials,
        file_name="models.cdx.json",
        mime="application/vnd.cyclonedx+json",
        on_click="ignore",
        icon=":material/download:",
        help="Each model's SHA-256, signature, training sets, figures and limits, as a file for an inventory",
        key="bill",
    )


def _gist(model: Card, twin: Card) -> str:
    """The comparison in words, on the set that was measured first."""
    data = next(figure.data for figure in model.figures if UNDER_ATTACK in figure.measure)
    (_, clean_first, clean_second), *_, (budget, first, second) = _under_attack(model, twin, data)
    return (
        f"On {clean_first.n} films ({DATA.get(data, data)}) the undefended model reads with an AUC of "
        f"{clean_first.value:.3f} and its twin with {clean_second.value:.3f}. With pixels changed by at most "
        f"{budget}, on {_attacked_films(clean_first.n, first.n)}, the undefended model falls to {first.value:.3f} and "
        f"the twin to {second.value:.3f}."
    )


def _attacked_films(clean: int, attacked: int) -> str:
    return "the same films" if attacked == clean else f"{attacked} of these films"


def _under_attack(model: Card, twin: Card, data: str) -> list[tuple[str, Figure, Figure]]:
    """``(budget in words, figure of the model, of its twin)``, from the clean films to the largest budget measured."""
    of_both = {figure.measure for figure in twin.figures if figure.data == data}
    areas = [f.measure for f in model.figures if f.data == data and f.group == "all" and f.measure.startswith("AUC")]
    return [
        (
            f"{measure.split(UNDER_ATTACK)[1]}{LEVELS}" if UNDER_ATTACK in measure else "no attack",
            model.figure(data, measure),
            twin.figure(data, measure),
        )
        for measure in areas
        if measure in of_both
    ]


def _bar(name: str, tone: str, figure: Figure) -> Bar:
    return Bar(name, figure.value, figure.low, figure.high, tone, f"n = {figure.n}")
