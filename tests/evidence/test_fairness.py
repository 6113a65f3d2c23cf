"""The median's interval is the textbook's; the stored rows are whole; a film is measured as it stands alone."""

import json

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

import models
from evidence.fairness import GROUPS, Figure, contrasts, load, median
from evidence.fairness.__main__ import drawn, measured
from evidence.fairness.results import RESULTS
from imaging.ward import ward
from ui.fairness import table_html


@pytest.mark.parametrize(("n", "lower", "upper"), [(6, 1, 6), (9, 2, 8), (20, 6, 15), (100, 40, 61)])
def test_the_interval_lies_between_the_order_statistics_of_the_tables(n, lower, upper):
    found = median(np.random.default_rng(0).permutation(np.arange(1, n + 1)).tolist())
    assert (found.low, found.high, found.n) == (lower, upper, n)
    assert found.value == (n + 1) / 2


def test_too_few_values_have_no_interval():
    with pytest.raises(ValueError, match="at least 6"):
        median([1.0] * 5)


def test_a_true_median_lies_inside_at_least_95_times_of_100():
    rng = np.random.default_rng(1)
    inside = [(found := median(rng.normal(size=40).tolist())).low <= 0 <= found.high for _ in range(400)]
    assert np.mean(inside) > 0.93


def test_the_cohort_holds_as_many_of_each_group_and_half_of_them_ill():
    films = ward("test").where(np.array(drawn(ward("test"), 40)))
    assert len(films) == 120
    assert films.labels.sum() == 60
    assert (films.age < 16).sum() == 40
    with pytest.raises(ValueError, match="of a group"):
        drawn(ward("test"), 4000)


def test_stored_rows_are_of_the_weights_that_ship_and_every_group_has_films_enough():
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    assert {row["sha256"] for row in rows} == {models.card(id).sha256 for id in ("chest-undefended", "chest-defended")}
    figures = {(figure.model, figure.group, figure.label): figure for figure in load()}
    assert len(figures) == 2 * 2 * len(GROUPS)
    assert all(figure.median.n >= 20 for figure in figures.values())


def test_a_stored_row_is_measured_again_the_same():
    stored = next(row for row in json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if row["levels"])
    (again,) = measured(stored["model"], ward("test"), np.array([stored["film"]]))
    assert again["groups"] == stored["groups"]
    assert again["found"] == stored["found"]
    assert again["levels"] == pytest.approx(stored["levels"], abs=0.13)  # two steps: the start depends on the batch


def test_the_table_names_every_group_with_its_n():
    found = load()
    said = table_html(*models.pair("chest"), found)
    for figure in found:
        assert figure.group in said
        assert f"n {figure.median.n}" in said


def test_groups_are_contrasted_by_label_and_only_those_that_nobody_shares():
    def figure(group, label, middle):
        levels = tuple(middle + step / 50 for step in range(-20, 21))
        return Figure("m", group, label, median(levels), 0, levels)

    figures = [figure("Children", 1, 1.0), figure("Women", 1, 2.0), figure("Men", 1, 2.05)]
    figures += [figure("Children", 0, 2.0), figure("Women", 0, 1.0), figure("Men", 0, 2.0)]
    figures += [figure("Adults filmed in bed (AP)", 1, 9.0)]
    found = contrasts(figures)
    assert len(found) == 6
    sure = {(each.easier.group, each.harder.group, each.easier.label) for each in found if each.sure}
    assert sure == {
        ("Children", "Women", 1),
        ("Children", "Men", 1),
        ("Women", "Children", 0),
        ("Women", "Men", 0),
    }
    alone = mannwhitneyu(figures[0].levels, figures[1].levels).pvalue
    assert min(each.p for each in found) == pytest.approx(6 * alone)
