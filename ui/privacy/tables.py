"""Every stored figure with its interval and n, and what exactly is promised."""

from __future__ import annotations

from html import escape

import streamlit as st

from evidence.privacy import ADULTS, CHILDREN, EPSILONS, EVERYONE, Results, load
from measures import Estimate
from ui.markup import figures_html, markup, row_html
from ui.privacy.inquiry import Inquiry
from ui.privacy.screen import PROMISES
from ui.sentences import percent


def tables(inquiry: Inquiry) -> None:
    """Closed until someone asks."""
    results = load()
    with st.expander("Every figure, with intervals"):
        markup(
            _heading("AUC on test films, by group")
            + useful_html(results, inquiry.epsilon)
            + _heading("What the attack learns")
            + attacked_html(results, inquiry.epsilon)
            + _heading("Viral pneumonias called, after so many children with one were entered as normal")
            + poisoned_html(results, inquiry.epsilon),
            key="privacy-figures",
        )
    with st.expander("What exactly is protected, and how it was measured"):
        markup(method_html(results), key="privacy-method")


def useful_html(results: Results, chosen: float | None) -> str:
    """A row for each group, a column for each promise; last the span over the seeds of training."""
    rows = []
    for name, group in results.useful[None].groups:
        cells = {e: _figure(results.useful[e].groups[name, group]) for e in EPSILONS}
        rows.append((f"{_short(name)}, {'all' if group == 'all' else group}", cells))
    for name, values in results.useful[None].seeds.items():
        spans = {
            e: f"{min(found):.3f} – {max(found):.3f}" for e in EPSILONS for found in (results.useful[e].seeds[name],)
        }
        rows.append((f"{_short(name)}, all, over {len(values)} seeds", spans))
    heads = (_marked(PROMISES[e], e == chosen) for e in EPSILONS)
    lines = (row_html(escape(head), (_marked(cells[e], e == chosen) for e in EPSILONS)) for head, cells in rows)
    return figures_html(("", *heads), lines)


def _marked(html: str, chosen: bool) -> str:
    return f"<b>{html}</b>" if chosen else html


def attacked_html(results: Results, chosen: float | None) -> str:
    """A row for each promise: hits at both rates of false alarms, what the promise allows, and the area."""
    heads = [
        "",
        "Named at 1 % false alarms",
        "at most",
        "at 0.1 %",
        "at most",
        "Area under the curve",
        "Children at 1 %",
    ]
    rows = {}
    for epsilon in EPSILONS:
        found = results.attacked[epsilon, EVERYONE]
        cells = []
        for alarms in (0.01, 0.001):
            cells += [_share(found.hits[alarms]), percent(found.most[alarms]) if found.most else "–"]
        children, adults = (results.attacked[epsilon, name].hits[0.01] for name in (CHILDREN, ADULTS))
        rows[epsilon] = [*cells, _figure(found.area), _share(children), _share(adults)]
    return _table([*heads, "Adults at 1 %"], rows, chosen)


def poisoned_html(results: Results, chosen: float | None) -> str:
    """A row for each promise, a column for each number of children."""
    counts = sorted({row.flipped for row in results.poisoned})
    rows = {
        epsilon: [
            _share(row.attacked)
            for count in counts
            for row in results.poisoned
            if (row.epsilon, row.flipped) == (epsilon, count)
        ]
        for epsilon in EPSILONS
    }
    return _table(["", *(f"{count} children" for count in counts)], rows, chosen)


def method_html(results: Results) -> str:
    """In plain words, for who has to judge it."""
    found = results.attacked[None, EVERYONE]
    noise = ", ".join(f"{results.useful[e].noise:.2f} (ε = {e:g})" for e in EPSILONS if e is not None)
    points = (
        f"Protected: one patient with all films, among {results.patients:,} patients: two training sets are "
        "neighbours if one holds a patient more. Of a patient at most four films take part. Not protected: those "
        "on whom settings were chosen or figures measured. ε counts the one training that made the model; the search "
        "for its settings is not part of it and not on record here.",
        f"DP-SGD (Abadi et al., CCS 2016) by Opacus, δ = 1 in {1 / results.delta:,.0f}; its PRV accountant adds it up. "
        f"Noise in units of the largest pull of one patient: {noise}. It comes from a seed, so that anyone can "
        "remake the figures; a model to be given away must draw it in secret.",
        "The model is a linear reading of scattering features, which are formulas and were learned from nobody (Tramèr "
        "and Boneh, ICLR 2021); they are scaled on drawn films. The ordinary one is the same without noise or limit.",
        f"The attack is LiRA (Carlini et al., IEEE S&P 2022): {found.targets} models, each trained on a random half of "
        f"the patients, are attacked with the help of {found.shadows} others. 95 % intervals, bootstrap over patients; "
        "n counts pairs of patient and attacked model.",
        f"Remade by {results.made_by}. Real films, and what models say of each, never leave the machine that has them.",
    )
    return f"<ul>{''.join(f'<li>{escape(point)}</li>' for point in points)}</ul>"


def _heading(text: str) -> str:
    return f'<h2 class="small">{escape(text)}</h2>'


def _short(name: str) -> str:
    return {CHILDREN: "Children", ADULTS: "NIH"}[name]


def _figure(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} <span>{estimate.low:.2f} – {estimate.high:.2f}, n = {estimate.n:,}</span>"


def _share(estimate: Estimate) -> str:
    value, low, high = (100 * end for end in (estimate.value, estimate.low, estimate.high))
    return f"{value:.1f} % <span>{low:.1f} – {high:.1f}, n = {estimate.n:,}</span>"


def _table(heads: list[str], rows: dict[float | None, list[str]], chosen: float | None) -> str:
    lines = []
    for epsilon, cells in rows.items():
        mark = ' class="chosen"' if epsilon == chosen else ""
        name = escape(PROMISES[epsilon])
        lines.append(f"<tr{mark}><th>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return figures_html(heads, lines)
