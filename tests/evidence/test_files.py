"""Results files are there whole, or as they were before."""

import pytest

from evidence.files import begun, keep, read
from evidence.remade import made_by


def test_what_is_kept_is_read_again(tmp_path):
    path = tmp_path / "results" / "one.json"
    assert begun(path) == {}
    with pytest.raises(FileNotFoundError):
        read(path)
    keep(path, {"made_by": "python -m it", "rows": [{"name": "größer"}]})
    assert read(path) == begun(path) == {"made_by": "python -m it", "rows": [{"name": "größer"}]}
    assert begun(path, fresh=True) == {}
    assert made_by(path) == "python -m it"
    assert [each.name for each in path.parent.iterdir()] == ["one.json"]


def test_a_cut_while_writing_leaves_the_last_whole_file(tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    keep(path, {"rows": [1]})

    def cut(self, *_, **__):
        with self.open("w") as file:
            file.write('{"rows"')
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "write_text", cut)
    with pytest.raises(KeyboardInterrupt):
        keep(path, {"rows": [1, 2]})
    assert read(path) == {"rows": [1]}
