"""Women screened: who they are is known before any film is drawn, and a film is that of its woman."""

import numpy as np
import pytest

from imaging import phantoms
from imaging.screening import PARTS, ROWS, screening


@pytest.mark.parametrize("part", PARTS)
def test_each_part_has_the_mix_it_says(part):
    women = screening(part)
    assert len(women) == sum(n for n, _, _ in PARTS[part])
    assert women.labels.sum() == sum(round(n * mix.get("prevalence", 0.5)) for n, _, mix in PARTS[part])
    assert set(women.density) == set("abcd")
    assert set(women.view) == {"CC", "MLO"}


def test_no_woman_lies_in_two_parts():
    seeds = [person["seed"] for part in PARTS for person in screening(part).drawn]
    assert len(set(seeds)) == len(seeds)


def test_the_test_part_has_enough_of_every_density_for_an_audit():
    women = screening("test")
    assert min(((women.density == d) & (women.labels == label)).sum() for d in "abcd" for label in (0, 1)) >= 60


def test_a_film_is_drawn_as_its_woman_is():
    women = screening("validation")
    chosen = women.where(np.flatnonzero((women.density == "d") & (women.labels == 1))[:2])
    assert len(chosen) == 2
    person = dict(chosen.drawn[1])
    assert (person["density"], person["age"], person["view"]) == (chosen.density[1], chosen.age[1], chosen.view[1])
    same = phantoms.mammogram(person.pop("seed"), size=ROWS, **person)
    assert same.lesion
    np.testing.assert_array_equal(chosen.film(1), same.pixels)


def test_another_part_is_refused():
    with pytest.raises(ValueError, match="expected one of training, validation, test, got 'exam'"):
        screening("exam")
