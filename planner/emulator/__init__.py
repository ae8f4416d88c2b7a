"""Azure Resource Manager and Resource Graph on loopback, for the demo, for tests, and for trying things out."""
