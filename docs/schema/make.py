"""Writes the JSON Schemas beside this file from the types that are encoded. A test compares them."""

from __future__ import annotations

import json
from pathlib import Path

from planner.documents.jsondoc import schemas

if __name__ == "__main__":
    for name, schema in schemas().items():
        Path(__file__).with_name(name).write_text(json.dumps(schema, indent=2) + "\n", "utf-8")
