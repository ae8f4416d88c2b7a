"""The composition root; verbs go to `planner.cli`, everything else is the app."""
