"""`chest-defended`: a wider network, trained with films that an attacker has changed at every step.

TRADES (Zhang et al., ICML 2019) with adversarial weight perturbation (Wu et al., NeurIPS 2020). Of five recipes
tried it was the best on validation patients, clean and attacked.
"""

from training.chest import LIMITS, run
from training.loop import Adversary, Plan
from training.publish import Entry
from training.tasks import Agree

ENTRY = Entry(
    id="chest-defended",
    title="Chest X-ray, adversarially trained twin",
    summary="A wider network of the same kind, trained with films that were attacked at every step, within 4.5 of 255 "
    "grey levels.",
    twin="chest-undefended",
    defended=True,
    options={"size": 160, "width": 44, "depths": [2, 2, 2, 2]},
    limits=(
        *LIMITS,
        "Adversarial training defends against small changes of every pixel (L∞) up to about what it was trained "
        "with; it costs some accuracy on ordinary films and promises nothing about other kinds of attack.",
    ),
    compute="one NVIDIA H200, about 6 minutes beside six other trainings; on two CPU cores it would take days. There, "
    "NIH films came in as 224 pixels",
)
PLAN = Plan(
    epochs=36,
    films_per_epoch=6400,
    rate=0.1,
    batch=128,
    average=0.998,
    weight_epsilon=0.003,
    adversary=Adversary(epsilon=4.5 / 255, steps=4, ramp_epochs=6),
)

if __name__ == "__main__":
    run(ENTRY, PLAN, task=Agree(4.0), phantoms=2400)
