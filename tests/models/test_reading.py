"""A reading is judged at the operating point, and the zoo gives out only what its cards describe."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

import models
from models import catalogue


class Fixed(nn.Module):
    """Answers with the mean of the film as the disease's logit."""

    def __init__(self, point=None):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        if point is not None:
            self.card = dataclasses.make_dataclass("C", ["operating_point", "classes", "id"])(
                point, ("normal", "pneumonia"), "fixed"
            )

    def forward(self, images):
        margin = self.scale * images.mean(dim=(1, 2, 3))
        return torch.stack([torch.zeros_like(margin), margin], dim=-1)


@pytest.mark.parametrize(("point", "expected"), [(0.2, 1), (0.62, 1), (0.63, 0), (0.9, 0)])
def test_the_decision_is_made_at_the_operating_point(point, expected):
    model = Fixed(point)
    logits = model(torch.full((1, 1, 4, 4), 0.5))  # sigmoid(0.5) = 0.6225
    assert models.disease_probability(model, logits).item() == pytest.approx(0.62246, abs=1e-5)
    assert int(models.decision_logits(model, logits).argmax()) == expected


def test_without_a_card_the_decision_is_at_one_half():
    logits = torch.tensor([[0.0, 0.1], [0.1, 0.0]])
    assert models.decision_logits(Fixed(), logits).argmax(1).tolist() == [1, 0]


def test_read_names_the_class_and_refuses_nan():
    film = dataclasses.make_dataclass("R", ["pixels"])(np.full((8, 8), 0.5, np.float32))
    reading = models.read(Fixed(0.3), film)
    assert (reading.prediction, reading.model, reading.operating_point) == ("pneumonia", "fixed", 0.3)
    broken = Fixed(0.3)
    broken.scale.data.fill_(float("nan"))
    with pytest.raises(ValueError, match="no answer for this film"):
        models.read(broken, film)


def test_device_follows_the_environment(monkeypatch):
    monkeypatch.setenv("READING_ROOM_DEVICE", "cpu")
    assert models.choose_device().type == "cpu"
    monkeypatch.setenv("READING_ROOM_DEVICE", "abacus")
    with pytest.raises(ValueError, match="expected READING_ROOM_DEVICE"):
        models.choose_device()


def test_cards_are_read_without_torch():
    code = "import sys, models; models.ids(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_model_is_named_in_one_sentence():
    with pytest.raises(ValueError, match=r"there is no model 'nobody'; the models are: .*chest-undefended"):
        models.card("nobody")


@pytest.mark.parametrize("id", models.ids())
def test_every_entry_of_the_zoo(id):
    card = models.card(id)
    assert card.weights.stat().st_size <= 12 * 2**20
    twin = models.card(card.twin)
    assert (twin.modality, twin.defended) == (card.modality, not card.defended)
    assert 0 < card.operating_point < 1
    assert all(f.low <= f.value <= f.high and f.n > 0 for f in card.figures)
    model = models.load(id, "cpu")
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())
    for shape in [(150, 100), (300, 300)]:
        assert model(torch.rand(2, 1, *shape)).shape == (2, len(card.classes))


def test_changed_weights_are_refused(monkeypatch, tmp_path):
    card = models.card("chest-undefended")
    data = bytearray(card.weights.read_bytes())
    data[-1] ^= 1
    (tmp_path / card.weights.name).write_bytes(data)
    monkeypatch.setattr(catalogue, "WEIGHTS", tmp_path)
    with pytest.raises(ValueError, match="was changed"):
        models.load("chest-undefended", "cpu")
