"""Time: calendars, durations, what fits where, and the day by which work has to begin."""
