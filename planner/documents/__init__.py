"""What arcstep writes to files and reads back: snapshots, plans, JSON."""
