"""The live attack: what one person has on the desk, and the panels that show it."""
