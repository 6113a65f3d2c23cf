"""Names and questions of the live page: plain words first, the technical ones small beside them."""

import models
from ui.charts import Tone
from ui.sentences import finding

MODALITIES = {"chest": "Chest", "mammogram": "Breast"}
HOW = {  # in the order of the menu
    "pgd": "In many small steps (PGD)",
    "fgsm": "In one single step (FGSM)",
    "mi_fgsm": "In steps with momentum (MI-FGSM)",
    "apgd": "In steps that adapt (Auto-PGD)",
    "strongest": "By all means (strongest)",
    "deepfool": "Straight to the border (DeepFool)",
    "carlini_wagner": "Error weighed against size (C&W)",
    "fmn": "With the smallest change (FMN)",
    "sparse": "In one pixel of twenty (sparse)",
    "smooth": "With soft shading (smooth)",
    "square": "By its probabilities (Square)",
    "rays": "By its reading alone (RayS)",
    "hop_skip_jump": "By its reading alone (HopSkipJump)",
    "transfer": "By misleading a similar model (transfer)",
    "patch": "With a sticker on the film (patch)",
}
NORMS = {"linf": "Largest change of a pixel", "l2": "Root-mean-square change"}
BUDGETS = {"linf": "Largest change, in grey levels of 255", "l2": "RMS change, in grey levels of 255"}
REGIONS = {
    "film": "Anywhere",
    "lesion": "Only inside the lesion",
    "outside": "Only outside the lesion",
    "border": "Only in the plain border around the body",
}
KEPT = {
    "lesion": " Only the lesion was touched.",
    "outside": " The lesion was not touched.",
    "border": " Only the plain border was touched, none of the body.",
}
ANY = "any"  # the goal that is no class


def short(model: str) -> str:
    """Which of a pair it is, in one word."""
    return "defended" if models.card(model).defended else "undefended"


def name(model: str) -> str:
    """Which of a pair it is, in a sentence."""
    return "defended twin" if models.card(model).defended else "undefended model"


def tone(model: str) -> Tone:
    """The colour that goes with a model's words."""
    return "defence" if models.card(model).defended else "attack"


def aim(goal: str, disease: str) -> str:
    """What the attacker wants, as a person would say it."""
    if goal == ANY:
        return "Any wrong reading"
    return f"Invent {finding(disease)}" if goal == disease else f"Hide {finding(disease)}"
