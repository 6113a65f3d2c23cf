"""Over many sets: how much of the poison a search finds, how often it cries wolf, and what curation gains."""

from __future__ import annotations

from html import escape

from evidence.poisoning import FOLDER, CuratedRow, PlantedRow, load_curation, load_planted
from evidence.poisoning.results import STRANGE, mean
from evidence.remade import made_by
from measures import rate
from training.poisoning.recipes import KINDS
from training.tampering.groups import GROUPS
from ui.curation.curve import told
from ui.markup import markup, share_html
from ui.sentences import percent


def rates() -> None:
    """Both tables, folded away."""
    command = made_by(FOLDER / "curation.json")
    markup(
        '<details class="story"><summary>How much of it a search finds</summary>'
        f"{labels_html(load_curation())}{planted_html(load_planted())}"
        f'<p class="hint">Small: 95 % intervals. Remade by <code>{escape(command)}</code>.</p></details>',
        key="search-rates",
    )


def labels_html(rows: tuple[CuratedRow, ...]) -> str:
    """Wrong labels: one row for each poisoning and share."""
    heads = (
        "Sets",
        "Poisoned films found",
        "Other films doubted",
        "The set as a whole is suspected",
        "The group's sensitivity: right labels, poisoned, curated",
    )
    lines = []
    for kind, group, share in dict.fromkeys((row.kind, row.group, row.share) for row in rows):
        alike = [row for row in rows if (row.kind, row.group, row.share) == (kind, group, share)]
        poisoned = _sum(alike, "poisoned")
        cells = (
            share_html(rate(sum(row.hits for row in alike), poisoned)) if poisoned else "–",
            share_html(rate(_sum(alike, "doubted") - _sum(alike, "hits"), _sum(alike, "films") - poisoned)),
            share_html(rate(sum(row.alarm for row in alike), len(alike))),
            " → ".join(_mean([row.sensitivity[step] for row in alike]) for step in range(3)) if kind else "–",
        )
        name = (
            f"{KINDS[kind].title}{f', {GROUPS[group].title.lower()}' if group else ''}, {told(share)}" if kind else ""
        )
        head = f"{escape(name or 'Nobody touched them')}, n = {len(alike)}"
        lines.append(f"<tr><th>{head}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f'<table class="figures-table"><tr>{_heads(heads)}</tr>{"".join(lines)}</table>'


def planted_html(rows: tuple[PlantedRow, ...]) -> str:
    """Copies of test films and films that do not belong: one row for each fault."""
    planted = [row for row in rows if row.planted]
    lines = []
    for fault in planted[0].found:
        hits, there = (sum(row.found[fault][i] for row in planted) for i in (0, 1))
        lines.append(
            f"<tr><th>{escape(fault.capitalize())}</th><td>{share_html(rate(hits, there))}</td><td>{there}</td></tr>"
        )
    clean = [row for row in rows if not row.planted]
    pairs, strangers = sum(row.false_pairs for row in clean), sum(row.false_outliers for row in clean)
    films = sum(row.films for row in clean)
    return (
        f'<table class="figures-table"><tr>{_heads(("Planted among the training films", "Found", "Planted"))}</tr>'
        f'{"".join(lines)}</table><p class="hint">In {len(clean)} sets without anything planted ({films:,} films): '
        f"{pairs} pairs called copies, {strangers} films called strangers. All sets are drawn from one ward, so they "
        f"differ less than their number says; at most {STRANGE} strangers of a kind lie in a set, as many alike hide "
        "each other.</p>"
    )


def _sum(rows: list[CuratedRow], field: str) -> int:
    return sum(getattr(row, field) for row in rows)


def _heads(names: tuple[str, ...]) -> str:
    return "".join(f"<th>{escape(name)}</th>" for name in names)


def _mean(values: list[float]) -> str:
    return f"<b>{percent(mean(values).value)}</b>"
