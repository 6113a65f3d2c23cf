"""Model cards: what a model is, on whom it was trained, what was measured. One JSON for each weight file."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

CARDS = Path(__file__).parent / "cards"
WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True)
class Figure:
    """One measured figure: `measure` on `data` (and a `group` of it), with its 95 % interval and n images."""

    data: str
    measure: str
    group: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class TrainingSet:
    """Images a model was trained on, and the terms they came under."""

    name: str
    images: int
    people: str
    licence: str


@dataclass(frozen=True)
class Course:
    """One stage of a training: the mean loss over each epoch. `epsilon`, in grey levels of 255: how far its films were
    changed by an attacker (0: they were not)."""

    stage: str
    epsilon: float
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Card:
    """All that the zoo knows about a model without loading it.

    `classes` are in logit order, the disease last. `operating_point` is the disease's probability from which the
    model's answer is the disease; it was chosen on validation patients. `twin` is the one beside it with the defence
    (or without it). `made_by` is the command that trained it and measured `figures`. `courses` are empty where the
    training was not written down.
    """

    id: str
    title: str
    summary: str
    modality: str
    network: str
    options: dict[str, float | list[int]]
    classes: tuple[str, ...]
    operating_point: float
    twin: str
    defended: bool
    training: tuple[TrainingSet, ...]
    intended_use: str
    limits: tuple[str, ...]
    figures: tuple[Figure, ...]
    compute: str
    made_by: str
    sha256: str
    courses: tuple[Course, ...] = ()

    @property
    def disease(self) -> str:
        """The last class."""
        return self.classes[-1]

    @property
    def weights(self) -> Path:
        """The safetensors file."""
        return WEIGHTS / f"{self.id}.safetensors"

    def figure(self, data: str, measure: str, group: str = "all") -> Figure:
        """One figure of the card. Raises `KeyError` where it was not measured."""
        for figure in self.figures:
            if (figure.data, figure.measure, figure.group) == (data, measure, group):
                return figure
        raise KeyError(f"{self.id} has no figure {measure!r} on {data!r} for {group!r}")

    def save(self) -> None:
        """Write the card where `card` finds it."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (CARDS / f"{self.id}.json").write_text(text + "\n", encoding="utf-8")


@functools.cache
def ids() -> tuple[str, ...]:
    """Every model of the zoo, each undefended one before its twin."""
    cards = [card(path.stem) for path in CARDS.glob("*.json")]
    return tuple(entry.id for entry in sorted(cards, key=lambda entry: (entry.modality, entry.defended, entry.id)))


def modalities() -> tuple[str, ...]:
    """Every kind of film that some model reads."""
    return tuple(dict.fromkeys(card(id).modality for id in ids()))


def kind_of(dicom_modality: str | None) -> str | None:
    """The kind of film that a DICOM modality (MG, DX, CR) stands for, if some model reads that kind."""
    kind = {"MG": "mammogram", "DX": "chest", "CR": "chest"}.get(dicom_modality or "")
    return kind if kind in modalities() else None


@functools.cache
def pair(modality: str) -> tuple[Card, Card]:
    """The models of a modality that stand first: an undefended one and its twin. `ValueError` where there is none."""
    for id in ids():
        if card(id).modality == modality and not card(id).defended:
            return card(id), card(card(id).twin)
    raise ValueError(f"there is no model for {modality!r}")


@functools.cache
def card(id: str) -> Card:
    """The card of one model. Raises `ValueError` for an id that is not in the zoo."""
    path = CARDS / f"{id}.json"
    if not path.is_file():
        known = ", ".join(sorted(entry.stem for entry in CARDS.glob("*.json")))
        raise ValueError(f"there is no model {id!r}; the models are: {known}")
    data = json.loads(path.read_text(encoding="utf-8"))
    return Card(
        **data
        | {
            "classes": tuple(data["classes"]),
            "training": tuple(TrainingSet(**entry) for entry in data["training"]),
            "limits": tuple(data["limits"]),
            "figures": tuple(Figure(**entry) for entry in data["figures"]),
            "courses": tuple(
                Course(**course | {"losses": tuple(course["losses"])}) for course in data.get("courses", ())
            ),
        }
    )
