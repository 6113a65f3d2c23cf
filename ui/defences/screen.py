"""Which defences are real: each against an attacker who does not know it and one who does."""

from __future__ import annotations

import streamlit as st

import models
from evidence import defences
from evidence.defences import Results
from ui.defences import referring, table
from ui.markup import markup
from ui.sentences import levels


def screen() -> None:
    """The whole page below the bar."""
    found = {results.model: results for results in defences.load()}
    markup(
        '<h1 class="page">Which defences are real</h1>'
        '<p class="lead">A defence may stop an attacker who has never heard of it. The one who counts knows it, and '
        "attacks model and defence as one. Here both have tried, on the same films.</p>",
        key="defences-lead",
    )
    results, level = _choice(found)
    markup(table.table_html(found, results.model, level), key="defences-table")
    referring.section([row for row in results.rows if row.refers], level)


def _choice(found: dict[str, Results]) -> tuple[Results, float]:
    first = next(iter(found.values()))
    known, steps = list(found), list(first.bare.aware)
    with st.container(horizontal=True, gap="medium", key="defences-choice"):
        model = st.segmented_control(
            "Model inside the defence", known, default=known[0], format_func=lambda id: models.card(id).title
        )
        level = st.segmented_control(
            "Largest change of a pixel, in grey levels of 255", steps, default=steps[-1], format_func=levels
        )
    return found[model] if model else first, level or steps[-1]
