"""Curation finds what was planted, leaves clean sets alone, and holds a set against its manifest."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from evidence.poisoning.planting import DISGUISES, STRANGERS, mirrored
from imaging.ward import ward
from robustness.curation import (
    label_errors,
    manifest,
    more_than_trusted,
    near_duplicates,
    outliers,
    shared_patients,
    unlike_trusted,
    verify,
)
from robustness.curation.label_errors import out_of_sample
from robustness.curation.manifest import CONFORMS_TO

FILMS, OTHERS = ward("training").films[:60], ward("test").films[:60]


def blobs(n, *, apart=3.0, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    return rng.normal(size=(n, 8)) + apart * labels[:, None] * (np.arange(8) < 2), labels


def test_other_patients_are_no_copies():
    assert near_duplicates(FILMS) == ()
    assert near_duplicates(FILMS, OTHERS) == ()


@pytest.mark.parametrize("disguise", [name for name in DISGUISES if name not in ("shifted", "all of these")])
def test_a_copy_is_found_behind_its_disguise(disguise):
    copies = np.stack([DISGUISES[disguise](film) for film in OTHERS[:6]])
    found = near_duplicates(np.concatenate([FILMS, copies]), OTHERS)
    assert {(pair.first, pair.second) for pair in found} == {(60 + place, place) for place in range(6)}
    assert all(pair.mirrored == (disguise == "mirrored") for pair in found)


def test_a_copy_within_the_set_is_named_once():
    found = near_duplicates(np.concatenate([FILMS, mirrored(FILMS[7])[None]]))
    assert [(pair.first, pair.second, pair.mirrored) for pair in found] == [(7, 60, True)]


@pytest.mark.parametrize("kind", STRANGERS)
def test_films_that_do_not_belong_are_far_out(kind):
    films = ward("training").films[:200].copy()
    films[11] = STRANGERS[kind](films[11], 3)
    features = np.random.default_rng(0).normal(size=(200, 4))
    assert 11 in [outlier.place for outlier in outliers(films, features)][:3]


def test_a_set_smaller_than_its_neighbourhood_is_refused():
    with pytest.raises(ValueError, match="more than 5 films"):
        outliers(FILMS[:5], np.zeros((5, 2)))


def test_wrong_labels_are_found_where_most_are_right():
    features, labels = blobs(400)
    wrong = np.random.default_rng(1).choice(400, 20, replace=False)
    given = labels.copy()
    given[wrong] = 1 - given[wrong]
    found = {doubt.place for doubt in label_errors(features, given)}
    assert len(found & set(wrong.tolist())) >= 18
    assert len(found - set(wrong.tolist())) <= 12
    assert label_errors(features, given) == label_errors(features, given)


def test_what_many_films_have_in_common_and_a_trusted_set_lacks_is_found_the_better_the_more_there_are():
    rng = np.random.default_rng(3)
    features, trusted = rng.normal(size=(2, 600, 40))
    labels = np.arange(600) % 2
    found = {}
    for many in (0, 10, 60):
        marked = rng.choice(np.flatnonzero(labels == 0), many, replace=False)
        altered = features.copy()
        altered[marked, :20] += 2.0
        listed, by_chance = unlike_trusted(altered, labels, trusted, labels)
        places = {film.place for film in listed}
        assert [film.distance for film in listed] == sorted((film.distance for film in listed), reverse=True)
        assert len(places - set(marked.tolist())) <= 12
        assert len(by_chance) <= 12
        found[many] = len(places & set(marked.tolist())) / max(many, 1)
    assert found[60] > max(found[10], 0.5)


def test_beside_films_of_another_source_all_are_unlike_and_none_stands_out():
    rng = np.random.default_rng(4)
    features, trusted = rng.normal(size=(2, 600, 40))
    labels = np.arange(600) % 2
    features[:120:2, :20] += 2.0
    assert len(unlike_trusted(features, labels, trusted, labels)[0]) > 40
    assert len(unlike_trusted(features, labels, trusted + 6.0 * (np.arange(40) >= 20), labels)[0]) < 10


def test_a_set_without_one_class_cannot_be_held_against_a_trusted_one():
    features, labels = blobs(40)
    with pytest.raises(ValueError, match="each class"):
        unlike_trusted(features, labels, features[:20], np.zeros(20, int))


def test_each_film_is_judged_by_readings_that_did_not_learn_from_it():
    rng = np.random.default_rng(2)
    features, labels = rng.normal(size=(300, 200)), rng.integers(0, 2, 300)
    found = out_of_sample(features, labels)
    assert found.shape == (300, 2)
    assert 0.4 < (found.argmax(1) == labels).mean() < 0.6  # learned by heart it would be 1


def test_too_few_films_of_a_class_are_refused():
    features, _ = blobs(40)
    with pytest.raises(ValueError, match="at least 5"):
        label_errors(features[:22], np.r_[np.zeros(20, int), 1, 1])


def test_more_doubt_than_in_a_trusted_set_raises_the_alarm_and_as_much_does_not():
    labels = np.zeros(400, int)
    groups = {"children": np.arange(400) < 200, "men": np.arange(400) >= 200}
    few = np.arange(400) % 20 == 0
    many = few | (groups["children"] & (np.arange(400) % 4 == 0))
    quiet = more_than_trusted(few, labels, groups, few, labels, groups)
    loud = more_than_trusted(many, labels, groups, few, labels, groups)
    assert not any(each.flagged for each in quiet)
    assert [(each.name, each.flagged) for each in loud] == [("children", True), ("men", False)]


def test_patients_on_both_sides_are_named_whatever_their_spelling():
    assert shared_patients(["a-1", "B-2 ", "", "c-3", "b-2"], ["b-2", "", "d"]) == {"b-2": (1, 4)}


def a_set():
    buffer = io.BytesIO()
    Image.fromarray(FILMS[0]).save(buffer, "PNG")
    return {"films/0.png": buffer.getvalue(), "cases.csv": b"path,label,age\nfilms/0.png,0,44\n"}


def about(content):
    return manifest(
        content,
        name="a-set",
        description="of nobody",
        licence="https://www.apache.org/licenses/LICENSE-2.0",
        creator="somebody",
        published="2026-01-02",
        url="https://example.org/a-set",
        table="cases.csv",
    )


def test_a_manifest_sees_what_was_changed_lost_and_added():
    content = a_set()
    told = json.loads(json.dumps(about(content)))
    assert verify(told, content).intact
    other = {"cases.csv": content["cases.csv"].replace(b",0,", b",1,"), "films/1.png": b"new"}
    found = verify(told, other)
    assert (found.changed, found.missing, found.added) == (("cases.csv",), ("films/0.png",), ("films/1.png",))
    assert not found.intact


def test_a_manifest_has_what_croissant_asks_of_one():
    told = about(a_set())
    assert told["conformsTo"] == CONFORMS_TO
    assert {"@context", "@type", "name", "description", "license", "url", "creator", "datePublished"} <= set(told)
    for entry in told["distribution"]:
        assert entry["@type"] == "cr:FileObject"
        assert {"@id", "name", "contentUrl", "encodingFormat", "sha256"} <= set(entry)
        assert len(entry["sha256"]) == 64
    (cases,) = told["recordSet"]
    assert [field["name"] for field in cases["field"]] == ["path", "label", "age"]
    ids = {entry["@id"] for entry in told["distribution"]}
    assert {field["source"]["fileObject"]["@id"] for field in cases["field"]} <= ids


@pytest.mark.parametrize("told", [{}, {"distribution": [{"contentUrl": "a"}]}, {"distribution": None}])
def test_what_is_no_manifest_is_refused(told):
    with pytest.raises(ValueError, match="no Croissant manifest"):
        verify(told, a_set())


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"cases\.csv"):
        about({"a.png": b""})
