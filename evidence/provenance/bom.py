"""A bill of materials of the models, in CycloneDX 1.6 with its model cards (ECMA-424, 2024)."""

from __future__ import annotations

import json
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion

import models
from evidence.provenance.signature import verify
from models import Card

LICENCE = "Apache-2.0"


def bill_of_materials() -> str:
    """JSON: each model of the zoo with its digest, its signature's verdict, its training sets and its figures."""
    cards = [models.card(id) for id in models.ids()]
    bom = Bom(components=[_component(card) for card in cards])
    written = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    by_id = {card.id: card for card in cards}
    for component in written["components"]:
        component["modelCard"] = _model_card(by_id[component["name"]])
    return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


def _component(card: Card) -> Component:
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=card.id,
        bom_ref=card.id,
        description=card.summary,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=card.sha256)],
        licenses=[DisjunctiveLicense(id=LICENCE)],
        properties=[
            Property(name="operating_point", value=str(card.operating_point)),
            Property(name="made_by", value=card.made_by),
            Property(name="compute", value=card.compute),
            Property(name="signature", value=verify(card.id).words),
        ],
    )


def _model_card(card: Card) -> dict[str, Any]:
    """What the library cannot write yet: the `modelCard` of the CycloneDX schema."""
    return {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": f"classification: {' or '.join(card.classes)}",
            "architectureFamily": "convolutional neural network",
            "modelArchitecture": card.network,
            "datasets": [
                {
                    "type": "dataset",
                    "name": training.name,
                    "description": f"{training.images} images. {training.people}. Terms: {training.licence}",
                }
                for training in card.training
            ],
            "inputs": [{"format": "grey image, display values 0 to 1"}],
            "outputs": [{"format": f"calibrated logits: {', '.join(card.classes)}"}],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [
                {
                    "type": figure.measure,
                    "value": f"{figure.value:.4f}",
                    "slice": f"{figure.data}, {figure.group}, n = {figure.n}",
                    "confidenceInterval": {"lowerBound": f"{figure.low:.4f}", "upperBound": f"{figure.high:.4f}"},
                }
                for figure in card.figures
            ]
        },
        "considerations": {
            "useCases": [card.intended_use],
            "technicalLimitations": list(card.limits),
        },
    }
