"""Many films: what each model of the zoo loses as the attacker's budget grows, and what that means for 1,000 people."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

import models
from evidence import comparison
from evidence.comparison import Results
from evidence.comparison.ward import PEOPLE, Ward, ward
from measures import Estimate
from ui.lines import Line, lines_svg
from ui.markup import figures_html, markup, row_html
from ui.sentences import levels
from ui.side_by_side import certain
from ui.side_by_side.readers import Reader, model_name, styles
from ui.side_by_side.scatter import Mark, scatter_svg
from ui.side_by_side.whom import WHOM, Whom

PREVALENCES = (2, 5, 10, 20, 50, 100, 200, 300, 500, 800)  # ill people, of `PEOPLE`
CURVES = {
    "auc": "AUC: how well it tells ill from healthy",
    "sensitivity": "Sensitivity: share of {cases} found",
    "accuracy": "Accuracy: share of films read rightly",
}
FILMS = {"chest": "Chest X-rays", "mammogram": "Mammograms"}
NAMES = 112  # width of the names beside a chart


@dataclass(frozen=True)
class Choice:
    """What the person asks about: a level, a share of ill people, and two models."""

    level: float
    prevalence: float
    first: str
    second: str

    @property
    def whom(self) -> Whom:
        """Whom both models read."""
        return WHOM[models.card(self.first).modality]


def kind() -> str:
    """Which films: a choice where there is one."""
    measured = comparison.measured()
    if len(measured) == 1:
        return measured[0]
    chosen = st.segmented_control(
        "Kind of film", measured, default=measured[0], format_func=FILMS.get, key="cohort-kind"
    )
    return chosen or measured[0]


def controls(results: Results) -> Choice:
    """How far the attacker may go, how many are ill, and, where there are more than two, which models."""
    known = list(results.points)
    films = models.card(known[0]).modality
    attacks = [level for level in results.levels if level > 0]
    whom = WHOM[films]
    level = st.segmented_control(
        "Largest change of a pixel, in grey levels of 255",
        attacks,
        default=whom.level if whom.level in attacks else attacks[0],
        format_func=levels,
        key=f"cohort-level-{films}",
    )
    ill = st.select_slider(
        f"Of {PEOPLE:,} {whom.people} {whom.asked}, so many have {whom.disease}",
        PREVALENCES,
        whom.prevalence,
        key=f"cohort-prevalence-{films}",
    )
    first, second = known[0], models.card(known[0]).twin if models.card(known[0]).twin in known else known[-1]
    if len(known) > 2:
        first = st.selectbox("This model", known, known.index(first), format_func=model_name, key="cohort-first")
        rest = [id for id in known if id != first]
        wished = rest.index(second) if second in rest else 0
        second = st.selectbox("against", rest, wished, format_func=model_name, key="cohort-second")
    return Choice(level or attacks[0], ill / PEOPLE, first, second)


def screen(results: Results, choice: Choice) -> None:
    """Curves, marks and the ward; then what is certain."""
    ill, n, people = int(results.labels.sum()), len(results.labels), len(set(results.people.tolist()))
    attacked, ordinary = (
        ward(results, choice.first, choice.second, level=level, prevalence=choice.prevalence)
        for level in (choice.level, 0)
    )
    words = _sentence(ordinary, attacked, choice)
    markup(f'<p class="sentence ward">{words}</p>', key="cohort-sentence", announce=True)
    for column, (measure, title) in zip(st.columns(3, gap="medium"), CURVES.items(), strict=True):
        words = title.format(cases=choice.whom.cases.lower())
        with column:
            markup(f'<p class="label">{words}</p>{curves(results, measure, words)}', key=f"cohort-{measure}")
    costs, ward_table = st.columns([1, 2.05], gap="medium")
    with costs:
        markup(_costs(results, choice), key="cohort-costs")
    with ward_table:
        markup(table_html(ordinary, attacked, choice), key="cohort-table")
    markup(
        f'<p class="hint">{n} {choice.whom.films} ({escape(results.set)}), {ill} of them with {choice.whom.disease}, '
        f"of {people} {choice.whom.of}. {escape(results.attack)}; each film is pushed to the wrong side as far as it "
        "goes, in numbers finer than a file stores, and what succeeds within a smaller change counts within a larger "
        f"one, too. {_bare(results)}Bands, thin lines and "
        "small figures: "
        f"95 % intervals. Remade by <code>{escape(results.made_by)}</code>.</p>",
        key="cohort-note",
    )
    if models.card(choice.first).modality == "chest":
        certain.screen()


def _bare(results: Results) -> str:
    """What has to be said of models that are made for something else than to be read bare."""
    noisy = any(models.card(id).options.get("noise") for id in results.points)
    return "Noise-trained models are read bare here, without the vote they are made for. " if noisy else ""


def curves(results: Results, measure: str, title: str) -> str:
    """One measure of every model against the largest change of a pixel."""
    drawn = []
    for style, (model, points) in zip(_styles(results), results.points.items(), strict=True):
        found: list[Estimate] = [getattr(point, measure) for point in points]
        name = model_name(model)
        told = ", ".join(f"{estimate.value:.2f} at {p.level:g}" for p, estimate in zip(points, found, strict=True))
        shares = ([each.value for each in found], [each.low for each in found], [each.high for each in found])
        values, low, high = shares
        drawn.append(Line(name, style, [point.level for point in points], values, f"{name}: {told}", low, high))
    options = {
        "axis": "grey levels",
        "shares": measure != "auc",
        "size": (400, 220),
        "names": NAMES,
        "ticks": results.levels,
        "roots": True,
    }
    return lines_svg(drawn, f"{title}, against the largest change of a pixel in grey levels", **options)


def _styles(results: Results) -> tuple[int, ...]:
    return styles([Reader(id) for id in results.points])


def _costs(results: Results, choice: Choice) -> str:
    marks = [
        Mark(model_name(id), style, results.at(id, 0).accuracy, results.at(id, choice.level).accuracy)
        for style, id in zip(_styles(results), results.points, strict=True)
    ]
    title = f"What it costs and buys: films read rightly, under attack within {levels(choice.level)} and without"
    axis = "to the right: without attack · upwards: under attack"
    return f'<p class="label">{title}</p>{scatter_svg(marks, title, axis=axis, size=(400, 262), names=NAMES)}'


def _sentence(ordinary: Ward, attacked: Ward, choice: Choice) -> str:
    first, second = (escape(model_name(id)) for id in (choice.first, choice.second))
    ill = round(PEOPLE * choice.prevalence)
    return (
        f"Of {PEOPLE:,} {choice.whom.people}, {ill:,} of them with {choice.whom.disease}, the {second} model on "
        f"ordinary days misses {told(ordinary.more_missed)} and calls {told(ordinary.more_alarms)} healthy ones ill "
        f"than the {first} one. Under attack within {levels(choice.level)} of 255 grey levels it misses "
        f"{told(attacked.more_missed)} and calls {told(attacked.more_alarms)} healthy ones ill."
    )


def told(more: Estimate) -> str:
    """``6 more (2 fewer to 15 more)``, for the page."""
    return f"<b>{_signed(more.value)}</b> <small>({_signed(more.low)} to {_signed(more.high)})</small>"


def _signed(people: float) -> str:
    count = round(people)
    return f"{-count:,} fewer" if count < 0 else f"{count:,} more" if count else "no more"


def table_html(ordinary: Ward, attacked: Ward, choice: Choice) -> str:
    """What is missed and called in vain on ordinary days and under attack, of so many people."""
    first, second = (escape(model_name(id)) for id in (choice.first, choice.second))
    ill = round(PEOPLE * choice.prevalence)
    lines = []
    for when, found in (
        ("On ordinary days", ordinary),
        (f"Every film attacked, within {levels(choice.level)} of 255", attacked),
    ):
        lines.append(f'<tr class="set"><th colspan="4">{when}</th></tr>')
        for name, shares, more in (
            (f"{choice.whom.cases} missed, of {ill:,}", found.missed, found.more_missed),
            (f"Healthy {choice.whom.people} called ill, of {PEOPLE - ill:,}", found.alarms, found.more_alarms),
        ):
            lines.append(row_html(name, (*map(_people, shares), _people(more, sign="+"))))
        if found is ordinary:
            alike = "… missed, were both set to call as many ill"
            lines.append(row_html(alike, ("", "", _people(found.missed_alike, sign="+"))))
    label = f'<p class="label">Of {PEOPLE:,} {choice.whom.people} {choice.whom.like}</p>'
    return label + figures_html(("", first, second, "difference"), lines)


def _people(count: Estimate, sign: str = "") -> str:
    rounded = [round(each) for each in (count.value, count.low, count.high)]
    value, low, high = (f"{each:{sign if each else ''},}".replace("-", "−") for each in rounded)
    return f"<b>{value}</b> <span>{low} to {high}</span>"
