"""The knowledge seen as a whole: which release offers what, both clocks of every minor, contradictions, and ages."""
