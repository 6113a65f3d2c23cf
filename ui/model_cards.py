"""Model cards for a clinician, a regulator or a physicist: figures with n and intervals, never a bare number."""

from __future__ import annotations

from html import escape

import streamlit as st

import models
from models import Card, Figure
from ui.charts import Bar, bars_svg
from ui.markup import markup
from ui.sentences import percent

DATA = {
    "kermany": "Kermany test films: children of 1–5 years, one hospital",
    "nih": "NIH test patients: mostly adults, one hospital",
    "phantoms": "Digital phantoms, computed",
}
FILMS = {"chest": "Chest X-rays", "mammogram": "Mammograms"}
UNDER_ATTACK = " under attack, "
LEVELS = " grey levels"
MEASURES = ("AUC", "sensitivity", "specificity")


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
    sets = list(dict.fromkeys(figure.data for figure in model.figures))
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
    """Both cards, side by side."""
    for column, card in zip(st.columns(2, gap="medium"), (model, twin), strict=True):
        with column, st.container(key=f"card-{card.id}"):
            markup(_card(card), key=f"body-{card.id}")


def _gist(model: Card, twin: Card) -> str:
    """The comparison in words, on the set that was measured first."""
    data = model.figures[0].data
    (_, clean_first, clean_second), *_, (budget, first, second) = _under_attack(model, twin, data)
    return (
        f"On {clean_first.n} films ({DATA.get(data, data)}) the undefended model reads with an AUC of "
        f"{clean_first.value:.3f} and its twin with {clean_second.value:.3f}. With pixels changed by at most "
        f"{budget}, the undefended model falls to {first.value:.3f} and the twin to {second.value:.3f}."
    )


def _under_attack(model: Card, twin: Card, data: str) -> list[tuple[str, Figure, Figure]]:
    """``(budget in words, figure of the model, of its twin)``, from the clean films to the largest budget measured."""
    areas = [f.measure for f in model.figures if f.data == data and f.group == "all" and f.measure.startswith("AUC")]
    return [
        (
            f"{measure.split(UNDER_ATTACK)[1]}{LEVELS}" if UNDER_ATTACK in measure else "no attack",
            model.figure(data, measure),
            twin.figure(data, measure),
        )
        for measure in areas
    ]


def _bar(name: str, tone: str, figure: Figure) -> Bar:
    return Bar(name, figure.value, figure.low, figure.high, tone, f"n = {figure.n}")


def _card(card: Card) -> str:
    tone = "defence" if card.defended else "attack"
    trained = "".join(
        f"<tr><th>{escape(entry.name)}</th><td>{entry.images:,}</td><td>{escape(entry.people)}</td>"
        f"<td>{escape(entry.licence)}</td></tr>"
        for entry in card.training
    )
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in card.limits)
    facts = {
        "Operating point": f"{card.disease} from {percent(card.operating_point)} on, chosen on validation patients",
        "Answers": ", ".join(card.classes),
        "Made by": f"<code>{escape(card.made_by)}</code>",
        "Cost": escape(card.compute),
        "Weights": f"Apache-2.0, SHA-256 <code>{card.sha256}</code>",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    return (
        f'<p class="label {tone}">{"Defended" if card.defended else "Undefended"} · {escape(card.id)}</p>'
        f"<h2>{escape(card.title)}</h2><p>{escape(card.summary)}</p>"
        f'<p class="use">{escape(card.intended_use)}</p>'
        f"<h3>How it reads</h3>{_readings(card)}"
        f"<h3>How it reads under attack</h3>{_attacked(card)}"
        '<h3>On whom it was trained</h3><table class="facts"><tr><th>Set</th><th>Films</th><th>Whom it shows</th>'
        f"<th>Terms</th></tr>{trained}</table>"
        f"<h3>Limits and shortcuts</h3><ul>{limits}</ul>"
        f'<h3>Provenance</h3><dl class="provenance">{rows}</dl>'
    )


def _readings(card: Card) -> str:
    """Clean figures by set and group, one row a group."""
    rows = []
    for data in dict.fromkeys(figure.data for figure in card.figures):
        rows.append(f'<tr class="set"><th colspan="5">{escape(DATA.get(data, data))}</th></tr>')
        clean = [figure for figure in card.figures if figure.data == data and figure.measure in MEASURES]
        for group in dict.fromkeys(figure.group for figure in clean):
            of_group = {figure.measure: figure for figure in clean if figure.group == group}
            cells = "".join(_cell(of_group.get(measure)) for measure in MEASURES)
            rows.append(f"<tr><th>{escape(group)}</th>{cells}</tr>")
    heads = "".join(f"<th>{measure.capitalize() if measure != 'AUC' else measure}</th>" for measure in MEASURES)
    return f'<table class="figures-table"><tr><th>Group</th>{heads}</tr>{"".join(rows)}</table>'


def _attacked(card: Card) -> str:
    """Figures under attack, one row a set and budget."""
    rows = []
    for data in dict.fromkeys(figure.data for figure in card.figures):
        found = {f.measure: f for f in card.figures if f.data == data and UNDER_ATTACK in f.measure}
        budgets = dict.fromkeys(measure.split(UNDER_ATTACK)[1] for measure in found)
        if budgets:
            rows.append(f'<tr class="set"><th colspan="3">{escape(DATA.get(data, data))}</th></tr>')
        for budget in budgets:
            cells = "".join(_cell(found.get(f"{measure}{UNDER_ATTACK}{budget}")) for measure in ("AUC", "accuracy"))
            rows.append(f"<tr><th>{escape(budget)} grey levels</th>{cells}</tr>")
    heads = "<th>Largest change</th><th>AUC</th><th>Accuracy</th>"
    return f'<table class="figures-table"><tr>{heads}</tr>{"".join(rows)}</table>'


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "<td>not measured</td>"
    if figure.measure.startswith("AUC"):
        value, low, high = (f"{share:.3f}" for share in (figure.value, figure.low, figure.high))
    else:
        value, low, high = (percent(share) for share in (figure.value, figure.low, figure.high))
    return f"<td><b>{value}</b> <span>{low} – {high}, n {figure.n:,}</span></td>"
