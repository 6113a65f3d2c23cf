"""The bundled ward: three parts, the mix that its table says, and drawn again the same."""

import csv

import numpy as np
import pytest
from PIL import Image

from imaging import phantoms
from imaging import ward as room
from imaging.ward import FOLDER, PARTS, SIDE, build, ward


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_whole_and_half_of_it_is_ill(part):
    films = ward(part)
    n, _ = PARTS[part]
    assert films.films.shape == (n, SIDE, SIDE)
    assert films.films.dtype == np.uint8
    assert films.labels.sum() == n / 2
    assert 0.3 < (films.age < 16).mean() < 0.5
    assert set(films.sex) == {"F", "M"}
    assert (films.films.std(axis=(1, 2)) > 20).all()  # every tile is a film


def test_no_film_lies_in_two_parts():
    with (FOLDER / "chest.csv").open(encoding="utf-8", newline="") as file:
        seeds = [row["seed"] for row in csv.DictReader(file)]
    assert len(set(seeds)) == len(seeds) == sum(n for n, _ in PARTS.values())


def test_the_ward_is_small_enough_to_be_kept():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 16e6


def test_another_part_is_refused():
    with pytest.raises(ValueError, match="expected one of training, validation, test, got 'exam'"):
        ward("exam")


@pytest.mark.parametrize("part", PARTS)
def test_a_bundled_film_is_drawn_again_the_same(part):
    person = next(phantoms.people(PARTS[part][0], seed=PARTS[part][1], lesion=room.LESION))
    drawn = room.draw(person).astype(int)
    first, second = ward(part).films[:2]
    assert np.abs(drawn - first).mean() < 3 < np.abs(drawn - second).mean()


def test_a_small_ward_is_laid_out_as_its_table_says(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "ACROSS", 2)
    build(tmp_path, {"exam": (3, 5)})
    picture = np.asarray(Image.open(tmp_path / "chest.webp").convert("L")).astype(int)
    assert picture.shape == (2 * SIDE, 2 * SIDE)
    assert picture[SIDE:, SIDE:].mean() < 1  # no fourth film
    third = room.draw(list(phantoms.people(3, seed=5, lesion=room.LESION))[2])
    assert np.abs(picture[SIDE:, :SIDE] - third).mean() < 3
    with (tmp_path / "chest.csv").open(encoding="utf-8", newline="") as file:
        assert [row["part"] for row in csv.DictReader(file)] == ["exam"] * 3
