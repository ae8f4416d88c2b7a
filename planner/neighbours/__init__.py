"""The other clusters of an instance: who has to move, or be looked at, before an update of the hosts they share."""
