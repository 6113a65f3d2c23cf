"""Over many sets: how much of the poison a search finds, how often it cries wolf, and what curation gains."""

from __future__ import annotations

from html import escape

from evidence.poisoning import FOLDER, CuratedRow, PlantedRow, PublicRow, load_curation, load_planted, load_public
from evidence.poisoning.results import PUBLIC, STRANGE, mean
from evidence.remade import made_by
from measures import rate
from training.poisoning.recipes import KINDS, title
from ui.curation.curve import told
from ui.markup import figures_html, markup, row_html, share_html
from ui.sentences import percent


def rates() -> None:
    """Both tables, folded away."""
    command = made_by(FOLDER / "curation.json")
    markup(
        '<details class="story"><summary>How much of it a search finds</summary>'
        f"{labels_html(load_curation())}{planted_html(load_planted())}"
        '<p class="hint">Small: 95 % intervals, over sets where films of one set hang together; last, what curation '
        "gives back. A search doubts labels that the other films contradict, and films that a classifier can tell from "
        "a trusted set's with the same label. Both sets are of one source here; beside another hospital's films all "
        f"would be unlike, and none would stand out. Remade by <code>{escape(command)}</code>.</p>"
        f"{public_html(load_public())}</details>",
        key="search-rates",
    )


def labels_html(rows: tuple[CuratedRow, ...]) -> str:
    """Wrong labels: one row for each poisoning and share."""
    heads = (
        "Poison",
        "Share",
        "Sets",
        "Poisoned films found",
        "… by their labels alone",
        "Other films doubted",
        "The set as a whole is suspected",
        "Sensitivity in those who are harmed: right labels, poisoned, curated",
    )
    lines = []
    for kind, aim in dict.fromkeys((row.kind, row.aim) for row in rows):
        there = [row for row in rows if (row.kind, row.aim) == (kind, aim)]
        shares = sorted({row.share for row in there})
        name = f"{KINDS[kind].title}{f', {title(aim).lower()}' if aim else ''}" if kind else "Nobody touched them"
        head = f'<th rowspan="{len(shares)}">{escape(name)}</th>'
        for share in shares:
            alike = [row for row in there if row.share == share]
            cells = "".join(f"<td>{cell}</td>" for cell in (told(share), len(alike), *_found(alike)))
            lines.append(f"<tr>{head}{cells}</tr>")
            head = ""
    return figures_html(heads, lines)


def _found(alike: list[CuratedRow]) -> tuple[str, ...]:
    """Of sets that were poisoned alike: means over them, since films of one set are searched together."""
    others = mean([(row.doubted - row.hits) / (row.films - row.poisoned) for row in alike])
    alarms = rate(sum(row.alarm for row in alike), len(alike))
    if not alike[0].poisoned:
        return "–", "–", share_html(others), share_html(alarms), "–"
    found, by_label = (mean([getattr(row, hits) / row.poisoned for row in alike]) for hits in ("hits", "by_label"))
    steps = " → ".join(f"<b>{percent(mean([row.sensitivity[step] for row in alike]).value)}</b>" for step in range(3))
    gain = mean([100 * (row.sensitivity[2] - row.sensitivity[1]) for row in alike])
    value, low, high = (round(figure, 1) + 0.0 for figure in (gain.value, gain.low, gain.high))  # no −0.0
    points = f"{value:+.1f} points ({low:.1f} to {high:.1f})".replace("-", "−")
    return (*map(share_html, (found, by_label, others, alarms)), f"{steps} <span>{points}</span>")


def planted_html(rows: tuple[PlantedRow, ...]) -> str:
    """Copies of test films and films that do not belong: one row for each fault."""
    planted = [row for row in rows if row.planted]
    lines = []
    for fault in planted[0].found:
        hits, there = (sum(row.found[fault][i] for row in planted) for i in (0, 1))
        lines.append(row_html(escape(fault.capitalize()), (share_html(rate(hits, there)), there)))
    clean = [row for row in rows if not row.planted]
    pairs, strangers = sum(row.false_pairs for row in clean), sum(row.false_outliers for row in clean)
    films = sum(row.films for row in clean)
    return (
        f"{figures_html(('Planted among the training films', 'Found', 'Planted'), lines)}"
        f'<p class="hint">In {len(clean)} sets without anything planted ({films:,} films): '
        f"{pairs} pairs called copies, {strangers} films called strangers. All sets are drawn from one ward, so they "
        f"differ less than their number says; at most {STRANGE} strangers of a kind lie in a set, as many alike hide "
        "each other.</p>"
    )


def public_html(rows: tuple[PublicRow, ...]) -> str:
    """Copies in sets of real films, as they were published, and of test films put among them in disguise."""
    heads = (
        "Films of real patients",
        "Copies among the training films",
        "Test films among them",
        "Copies found, of those made",
    )
    lines = []
    for row in rows:
        found = "<br>".join(
            f"{escape(disguise)} {share_html(rate(hits, n))} <span>n = {n}</span>"
            for disguise, (hits, n) in row.found.items()
        )
        pairs = f"<b>{row.pairs}</b> {'pair' if row.pairs == 1 else 'pairs'}, {row.one_patient} of one patient"
        name = f"{escape(row.name)}<br><span>{row.films:,} films of {row.patients:,} patients</span>"
        lines.append(row_html(name, (pairs, f"<b>{row.leaks}</b> of {row.tested}", found)))
    return (
        f'{figures_html(heads, lines)}<p class="hint">The search is not told whose films they are; a pair of two '
        "patients would be a false alarm, or one patient under two names. Last, copies of test films in each disguise, "
        f"looked for among the test films. Remade by <code>{escape(made_by(PUBLIC))}</code>.</p>"
    )
