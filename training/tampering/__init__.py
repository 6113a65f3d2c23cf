"""What an insider can do to a model: fine-tune it to harm one group, live and at two cores' pace."""
