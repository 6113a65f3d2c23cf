"""The table of defences: what is there is kept, and only beside rows of the same films and weights."""

import json
import sys
from types import SimpleNamespace

import pytest

import models
from evidence.defences import __main__ as command
from training import data


class Films:
    """So many films, drawn evenly from more."""

    def __init__(self, n):
        self.n = n

    def evenly(self, n):
        return Films(n)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """The command with nothing measured: returns what was asked for, and the stored rows."""
    path, asked = tmp_path / "results.json", []

    def measured(_bare, name, cohort, _hoped):
        asked.append((name, cohort.n))
        return {"n": cohort.n}

    card = SimpleNamespace(sha256="same")
    monkeypatch.setattr(models, "load", lambda id: SimpleNamespace(card=card))
    monkeypatch.setattr(data, "data_root", lambda given: given)
    monkeypatch.setattr(data, "kermany", lambda root, part: Films(300))
    monkeypatch.setattr(command, "attacked", lambda *_, **__: None)
    monkeypatch.setattr(command, "measured", measured)
    monkeypatch.setattr(command, "RESULTS", path)
    monkeypatch.setattr(command, "AROUND", {"chest-undefended": ("jpeg", "median")})

    def go(*options):
        asked.clear()
        monkeypatch.setattr(sys, "argv", ["defences", *options])
        command.main()
        return list(asked), json.loads(path.read_text(encoding="utf-8"))

    return go


def test_a_second_run_measures_nothing(run):
    first, _ = run("--films", "20")
    again, stored = run("--films", "20")
    assert [name for name, _ in first] == ["none", "jpeg", "median"]
    assert again == []
    assert len(stored["rows"]) == 3


@pytest.mark.parametrize("options", [("--films", "40"), ("--films", "20", "--fresh")])
def test_other_films_begin_anew(run, options):
    run("--films", "20")
    asked, stored = run(*options)
    assert len(asked) == len(stored["rows"]) == 3
    assert {row["n"] for row in stored["rows"]} == {int(options[1])}
    assert stored["made_by"].endswith(f"--films {options[1]}")
