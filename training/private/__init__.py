"""Training with a promise to each patient (differential privacy), on features that were learned from nobody."""
