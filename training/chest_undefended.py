"""`chest-undefended`: normal vs pneumonia on ordinary films, with nothing done against an attacker."""

from training.chest import LIMITS, OPTIONS, run
from training.loop import Plan
from training.publish import Entry

ENTRY = Entry(
    id="chest-undefended",
    title="Chest X-ray, undefended",
    summary="Reads a chest X-ray as normal or pneumonia. Trained the ordinary way, as most published models are.",
    twin="chest-defended",
    defended=False,
    options=OPTIONS,
    limits=LIMITS,
    compute="two CPU cores, about 20 minutes",
)
PLAN = Plan(epochs=20, films_per_epoch=6400, rate=0.1)

if __name__ == "__main__":
    run(ENTRY, PLAN)
