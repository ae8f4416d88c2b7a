"""The policy rules by subject; `planner.rules` puts them into one table."""
