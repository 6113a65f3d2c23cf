"""The terminal as a person uses it: through `main`, with real files, down to exit status and stderr."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import cli
import imaging
from imaging import gallery

CASE = next(case for case in gallery.cases() if case.label == "pneumonia")
HEALTHY = next(case for case in gallery.cases() if case.label == "normal")
READING = {"prediction", "probability", "model", "operating_point"}


def output(capsys, *arguments):
    status = cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "film.png"
    film = imaging.read(CASE.path).pixels
    Image.fromarray(np.rint(film[::2, ::2] * 255).astype(np.uint8)).save(path)
    return path


def test_reading_one_image_gives_an_object_and_several_a_list(capsys, picture):
    status, out, err = output(capsys, "read", CASE.path, "--json")
    one = json.loads(out)
    assert (status, err) == (0, "")
    assert one.keys() >= READING
    assert (one["probability"] >= one["operating_point"]) == (one["prediction"] == "pneumonia")
    status, out, _ = output(capsys, "read", CASE.path, picture, "--json", "--model", "chest-defended")
    several = json.loads(out)
    assert [entry["image"] for entry in several] == [str(CASE.path), str(picture)]
    assert {entry["model"] for entry in several} == {"chest-defended"}


def test_reading_says_it_in_words(capsys, picture):
    status, out, _ = output(capsys, "read", picture)
    assert status == 0
    assert out.startswith(f"{picture}: ")
    assert "%" in out


def test_a_bad_file_costs_one_line_and_not_the_other_readings(capsys, tmp_path, picture):
    broken = tmp_path / "notes.txt"
    broken.write_text("not an image")
    status, out, err = output(capsys, "read", broken, picture, "--json")
    assert status == 2
    assert [entry["image"] for entry in json.loads(out)] == [str(picture)]
    assert err.startswith(str(broken))
    assert err.count("\n") == 1
    status, out, err = output(capsys, "read", broken, "--json")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize("suffix", [".dcm", ".png"])
def test_an_attack_is_what_the_saved_file_reads_as(capsys, tmp_path, picture, suffix):
    source = CASE.path if suffix == ".dcm" else picture
    saved = tmp_path / f"altered{suffix}"
    status, out, err = output(
        capsys, "attack", source, "--model", "chest-undefended", "--epsilon", 4, "--seed", 3, "--save", saved, "--json"
    )
    result = json.loads(out)
    assert (status, err) == (0, "")
    assert result.keys() >= READING | {"before", "after", "flipped", "largest_change", "steps", "seconds", "seed"}
    assert result["epsilon"] == 4
    assert result["seed"] == 3
    assert 0 < result["largest_change"] <= 4
    assert result["flipped"] == (result["before"]["prediction"] != result["after"]["prediction"])
    assert result["flipped"]
    _, out, _ = output(capsys, "read", saved, "--json")
    again = json.loads(out)
    assert again["prediction"] == result["prediction"] == result["after"]["prediction"]
    assert again["probability"] == pytest.approx(result["probability"], abs=1e-6)


def test_an_attack_in_words_and_its_repeat_by_seed(capsys, picture):
    _, first, _ = output(capsys, "attack", picture, "--epsilon", 2, "--json")
    _, second, _ = output(capsys, "attack", picture, "--epsilon", 2, "--json")
    assert {**json.loads(first), "seconds": 0} == {**json.loads(second), "seconds": 0}
    status, out, _ = output(capsys, "attack", picture, "--attack", "noise", "--epsilon", 2)
    assert status == 0
    assert "→" in out


def test_an_attack_is_kept_to_its_region(capsys, tmp_path):
    saved = tmp_path / "altered.dcm"
    status, out, err = output(capsys, "attack", CASE.path, "--region", "lesion", "--save", saved, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["region"] == "lesion"
    changed = imaging.read(saved).pixels != imaging.read(CASE.path).pixels
    assert changed.any()
    assert not changed[~CASE.lesion_mask()].any()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["attack", "{case}", "--model", "nobody"], "no model"),
        (["attack", "{case}", "--attack", "magic"], "magic"),
        (["attack", "{case}", "--epsilon", "-1"], "grey levels"),
        (["attack", "{case}", "--epsilon", "nan"], "grey levels"),
        (["attack", "{case}", "--epsilon", "many"], "epsilon"),
        (["attack", "{case}", "--goal", "gout"], "gout"),
        (["attack", "{case}", "--seed", "x"], "seed"),
        (["attack", "{case}", "--region", "heart"], "region"),
        (["attack", "{healthy}", "--region", "lesion"], "No lesion is marked"),
        (["attack", "missing.dcm"], "missing.dcm"),
        (["attack", "{case}", "--save", "{tmp}.png"], ".dcm"),
        (["attack", "{case}", "--save", "{tmp}/nowhere/film.dcm"], "nowhere"),
        (["read"], "IMAGE"),
        (["dance"], "dance"),
        ([], "VERB"),
        (["phantoms", "--n", "0", "--out", "{tmp}"], "at least 1"),
    ],
)
def test_errors_are_one_line_on_stderr_and_exit_2(arguments, word, tmp_path):
    filled = [argument.format(case=CASE.path, healthy=HEALTHY.path, tmp=tmp_path / "out") for argument in arguments]
    done = subprocess.run([sys.executable, "cli.py", *filled], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_models_lists_the_zoo(capsys):
    _, out, _ = output(capsys, "models", "--json")
    cards = json.loads(out)
    assert {"chest-undefended", "chest-defended"} <= {card["id"] for card in cards}
    assert all(card["figures"] for card in cards)
    _, out, _ = output(capsys, "models")
    assert all(card["id"] in out for card in cards)


def test_phantoms_are_dicom_files_with_a_table(capsys, tmp_path):
    status, out, _ = output(
        capsys, "phantoms", "--modality", "chest", "--n", 2, "--seed", 5, "--out", tmp_path, "--json"
    )
    assert status == 0
    table = tmp_path / json.loads(out)["cases"].split("/")[-1]
    assert table.is_file()
    files = sorted(tmp_path.rglob("*.dcm"))
    assert len(files) == 2
    assert all(imaging.read(path).phantom for path in files)


def test_help_and_listing_do_not_wait_for_torch():
    code = "import sys, cli; cli.main(['models']); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
