"""Names and questions of the live page: plain words first, the technical ones small beside them."""

from ui.charts import Tone

UNDEFENDED, DEFENDED = "chest-undefended", "chest-defended"

NAMES = {UNDEFENDED: "undefended model", DEFENDED: "defended twin"}
SHORT = {UNDEFENDED: "undefended", DEFENDED: "defended"}
TONES: dict[str, Tone] = {UNDEFENDED: "attack", DEFENDED: "defence"}

HOW = {"pgd": "In many small steps", "fgsm": "In one single step"}
NORMS = {"linf": "Largest change of a pixel", "l2": "Root-mean-square change"}
REGIONS = {"film": "Anywhere", "inside": "Only inside the lesion", "outside": "Only outside the lesion"}
ANY = "any"  # the goal that is no class


def aim(goal: str, disease: str) -> str:
    """What the attacker wants, as a person would say it."""
    if goal == ANY:
        return "Any wrong reading"
    return f"Invent a {disease}" if goal == disease else f"Hide the {disease}"
