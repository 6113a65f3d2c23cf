"""`chest-defended`: the same network, trained on films that an attacker has already changed (Madry et al. 2018)."""

from training.chest import LIMITS, OPTIONS, run
from training.loop import Adversary, Plan
from training.publish import Entry

ENTRY = Entry(
    id="chest-defended",
    title="Chest X-ray, adversarially trained twin",
    summary="The same network, trained on films that were attacked at every step, within 4 of 255 grey levels.",
    twin="chest-undefended",
    defended=True,
    options=OPTIONS,
    limits=(
        *LIMITS,
        "Adversarial training defends against small changes of every pixel (L∞) up to about what it was trained "
        "with; it costs some accuracy on ordinary films and promises nothing about other kinds of attack.",
    ),
    compute="two CPU cores, about 50 minutes",
)
PLAN = Plan(epochs=16, films_per_epoch=6400, rate=0.1, adversary=Adversary(epsilon=4.5 / 255, steps=2, ramp_epochs=6))

if __name__ == "__main__":
    run(ENTRY, PLAN)
