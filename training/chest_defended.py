"""`chest-defended`: its undefended twin, trained on with films that an attacker has changed (Madry et al. 2018)."""

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
    compute="two CPU cores, about 25 minutes after its twin",
)
PLAN = Plan(epochs=10, films_per_epoch=6400, rate=0.05, adversary=Adversary(epsilon=4.5 / 255, steps=2, ramp_epochs=3))

if __name__ == "__main__":
    run(ENTRY, PLAN, start="chest-undefended")
