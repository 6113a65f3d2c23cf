"""Speed and agreement beside the peers: ratios within one run, written to `benchmarks/results/`."""
