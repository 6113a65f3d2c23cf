"""From results files to the table, the plot and what the app reads; nothing here is measured."""

import copy
import json
import re
from pathlib import Path

import pytest

from benchmarks import decision_queries, minimum_norm, table
from benchmarks.plot import draw
from benchmarks.rows import READERS, comparisons
from evidence import peers

SHARE = {"value": 0.4, "low": 0.3, "high": 0.5, "n": 100}
PART = {
    "model": "chest-undefended",
    "epsilon": 2.0,
    "peer": "foolbox",
    "ours": SHARE,
    "theirs": SHARE | {"value": 0.41},
    "difference": {"value": -0.01, "low": -0.03, "high": 0.01, "n": 100},
    "seconds_a_film": {"ours": 0.5, "theirs": 1.5},
    "time_ratio": {"value": 0.33, "low": 0.3, "high": 0.4, "n": 5},
}
BARS = {"difference": 0.005, "time_ratio": 0.5}
ROBUST = {"made_by": "python -m this", "bars": BARS, "rules": {"steps": 9, "questions": 7}, "parts": [PART]}


def verdict(name, found):
    (entry,) = comparisons({name: found})
    return entry.row.reached


def changed(found, **part):
    found = copy.deepcopy(found)
    found["parts"][0] |= part
    return found


def test_robust_accuracy_may_be_lower_but_not_higher():
    assert verdict("robust_accuracy", ROBUST) == {"accuracy": True, "time": True}
    higher = changed(ROBUST, difference=PART["difference"] | {"value": 0.006}, time_ratio={**SHARE, "value": 0.51})
    assert verdict("robust_accuracy", higher) == {"accuracy": False, "time": False}


def test_pgd_has_to_agree_both_ways():
    found = ROBUST | {"bars": BARS | {"time_ratio": 1 / 3}}
    assert verdict("pgd", found) == {"success": False, "time": True}
    same = changed(found, difference=PART["difference"] | {"value": 0.005})
    assert verdict("pgd", same) == {"success": True, "time": True}


def test_square_has_to_flip_as_many():
    assert verdict("score_queries", ROBUST | {"bars": {"difference": 0.0}}) == {"success": False}
    level = changed(ROBUST, difference=PART["difference"] | {"value": 0.0})
    assert verdict("score_queries", level | {"bars": {"difference": 0.0}}) == {"success": True}


def test_smallest_changes_are_paired_film_by_film():
    films = [
        {"smallest": (1.0, 1.0), "fmn": (1.0, 2.0), "foolbox FMN": (2.0, 4.0)},
        {"smallest": (3.0, 1.0), "fmn": (None, 2.0), "foolbox FMN": (None, 4.0)},
        {"smallest": (4.0, 1.0), "fmn": (5.0, 2.0), "foolbox FMN": (4.0, 4.0)},
    ]
    found = minimum_norm.summed(films, ("foolbox FMN",))
    first, second = found["against"]
    assert (first["size_ratio"]["value"], first["size_ratio"]["n"]) == (0.5, 3)
    assert (second["size_ratio"]["low"], second["size_ratio"]["n"]) == (0.5, 2)
    assert first["time_ratio"]["value"] == 0.25
    assert found["fmn"]["flipped"] == 2
    about = {"made_by": "python -m this", "bars": minimum_norm.BARS, "steps": 9, "model": "chest-undefended"}
    rows = [entry.row for entry in comparisons({"minimum_norm": about | {"linf": found}})]
    assert [row.reached for row in rows] == [{"size": True, "time": True}, {"size": False, "time": False}]
    assert rows[0].theirs.startswith("median 4.00")


def test_a_film_never_reached_counts_with_all_its_questions():
    films = [{"rays": 10, "ART": None}, {"rays": None, "ART": None}, {"rays": 30, "ART": 60}]
    found = decision_queries.summed([film | {"hop_skip_jump": 100} for film in films], 100)
    assert found["reached"] == {"rays": 2, "ART": 1, "hop_skip_jump": 3}
    ratio = found["ratio"]["rays"]
    assert (ratio["value"], ratio["low"], ratio["high"]) == (0.5, 0.1, 1.0)
    assert found["ratio"]["hop_skip_jump"]["value"] == 1.0


def test_the_page_prints_n_intervals_verdicts_and_commands(tmp_path):
    (entry,) = comparisons({"robust_accuracy": ROBUST})
    page = table.markdown([entry.row])
    line = next(line for line in page.splitlines() if line.startswith("| *strongest*"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2] == "40.0 % (30.0 – 50.0), 0.50 s a film"
    assert cells[4] == "−1.0 points (−3.0 to +1.0); time × 0.33 (0.30 – 0.40)"
    assert cells[5:] == ["100", "yes"]
    assert "`python -m this`" in page
    worse = changed(ROBUST, difference=SHARE, time_ratio=SHARE | {"value": 0.6})
    assert "| no |" in table.markdown([comparisons({"robust_accuracy": worse})[0].row])
    half = changed(ROBUST, time_ratio=SHARE | {"value": 0.6})
    assert "| accuracy yes, time no |" in table.markdown([comparisons({"robust_accuracy": half})[0].row])


def test_one_batch_claims_no_interval():
    single = changed(ROBUST, time_ratio={"value": 0.33, "low": 0.33, "high": 0.33, "n": 1})
    assert comparisons({"robust_accuracy": single})[0].row.paired.endswith("time × 0.33 (n 1)")


def test_the_plot_is_the_same_bytes_again(tmp_path):
    found = comparisons({"robust_accuracy": ROBUST, "pgd": ROBUST})
    draw(found, tmp_path / "a.svg")
    draw(found, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "chest-undefended (n 100)" in (tmp_path / "a.svg").read_text()


def test_rows_come_back_as_they_were_saved(tmp_path):
    rows = tuple(entry.row for entry in comparisons({"robust_accuracy": ROBUST}))
    peers.save(rows, tmp_path / "table.json")
    assert peers.load(tmp_path / "table.json") == rows


@pytest.mark.parametrize("name", READERS)
def test_the_page_and_the_app_show_the_results_that_are_there(name):
    path = table.RESULTS / f"{name}.json"
    page, stored = (table.DOCS / "benchmarks.md").read_text(), peers.load()
    for entry in comparisons({name: json.loads(path.read_text())}):
        assert entry.row in stored
        assert f"| {entry.row.what} |" in page


def test_product_code_knows_no_peer():
    root = Path(__file__).resolve().parents[2]
    peer = re.compile(r"^\s*(import|from) (foolbox|torchattacks|art|numba|benchmarks)\b", re.MULTILINE)
    rooms = ("pages", "ui", "evidence", "training", "robustness", "models", "imaging", "measures")
    files = [root / "app.py", root / "cli.py", *(path for room in rooms for path in (root / room).rglob("*.py"))]
    assert not [path for path in files if peer.search(path.read_text(encoding="utf-8"))]
