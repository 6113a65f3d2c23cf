"""The chest: anatomy in millimetres, summed along rays, turned into a film."""
