"""Mammograms of nobody: `mammogram` puts together what the other modules each know of."""
