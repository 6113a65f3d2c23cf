"""A run that was cut off goes on where it was, and never mixes settings."""

import json

import pytest

from benchmarks.ledger import Ledger

FILMS = ["a", "b", "c", "d", "e"]


def test_films_already_measured_are_not_measured_again(tmp_path):
    first = Ledger("test", {"steps": 3}, tmp_path)
    for names in first.pending("part", FILMS[:3], 2):
        first.add("part", names, lost=len(names))
        break
    again = Ledger("test", {"steps": 3}, tmp_path)
    assert again.of("part") == [{"part": "part", "films": ["a", "b"], "lost": 2}]
    assert list(again.pending("part", FILMS, 2)) == [["c", "d"], ["e"]]
    assert list(again.pending("other", FILMS, 5)) == [FILMS]


def test_batches_added_while_pending_runs_do_not_disturb_it(tmp_path):
    ledger = Ledger("test", {}, tmp_path)
    for names in ledger.pending("part", FILMS, 2):
        ledger.add("part", names)
    assert [film for batch in ledger.of("part") for film in batch["films"]] == FILMS
    assert list(ledger.pending("part", FILMS, 2)) == []


def test_other_settings_begin_afresh(tmp_path):
    Ledger("test", {"steps": 3, "weights": "x"}, tmp_path).add("part", FILMS)
    assert Ledger("test", {"weights": "x", "steps": 3}, tmp_path).of("part")
    assert not Ledger("test", {"steps": 3, "weights": "y"}, tmp_path).batches
    assert not Ledger("other", {"steps": 3, "weights": "x"}, tmp_path).batches


def test_a_run_that_dies_while_it_writes_loses_that_batch_alone(tmp_path, monkeypatch):
    ledger = Ledger("test", {}, tmp_path)
    ledger.add("part", ["a"])
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        ledger.add("part", ["b"])
    assert [batch["films"] for batch in Ledger("test", {}, tmp_path).batches] == [["a"]]
    assert json.loads(ledger.path.read_text())["settings"] == {}
