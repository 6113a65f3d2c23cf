"""What the files say that we write, and what a clinician is told when one of them comes back."""

ALTERED = "Adversarially altered for education: not for diagnosis."
UNALTERED = "Copy for education, no pixel was adversarially altered: not for diagnosis."
ALTERED_WARNING = "This image was adversarially altered for education; it is no true picture of the patient."
LOSSY_WARNING = "This image was compressed with loss, so fine detail may be missing."
