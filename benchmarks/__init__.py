"""How fast arcstep is, as ratios measured in one run on one machine; `python -m benchmarks` prints the table."""
