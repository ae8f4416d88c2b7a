"""Clusters that share instances: what an update would do to them, one order for all, and waves over many instances."""
