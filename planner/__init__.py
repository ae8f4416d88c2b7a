"""Everything arcstep knows and does without a screen."""
