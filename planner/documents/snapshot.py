"""A snapshot: everything that was read, in a file, so that a plan made from it equals the plan made live (PR20).

`dump` writes deterministic bytes; `load` gives the same inventory back, except that its source says snapshot.
"""

from __future__ import annotations

import msgspec

from planner.collector import resting_collector
from planner.documents import wire
from planner.documents.unpack import unpack
from planner.inventory import Inventory
from planner.ports import SourceError

_DECODER = msgspec.json.Decoder(wire.SnapshotFile)


def dump(inventory: Inventory) -> bytes:
    """The inventory as the bytes of a snapshot file; the same inventory gives the same bytes."""
    from planner.documents.pack import Packer

    with resting_collector():
        return msgspec.json.encode(Packer().snapshot(inventory)) + b"\n"


def load(data: bytes, name: str) -> Inventory:
    """The inventory in a snapshot file; `name` is only used to say which file cannot be used.

    Raises SourceError (exit 2) where the bytes are damaged, of a newer schema, or no snapshot at all.
    """
    with resting_collector():
        try:
            return unpack(_DECODER.decode(data))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise _refusal(data, name, error) from None


def _refusal(data: bytes, name: str, error: Exception) -> SourceError:
    """Which file, where, why, and what to do."""
    what = f"{name} cannot be read as a snapshot"
    again = "Make a new one with: arcstep snapshot --out FILE"
    try:
        head = msgspec.json.decode(data, type=wire.SnapshotHead)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as damage:
        return SourceError(what, f"the file is damaged or cut off ({_plain(damage)}, {len(data):,} bytes).", again, 2)
    if head.kind != wire.SNAPSHOT_KIND:
        return SourceError(what, "it is JSON, but not a snapshot of arcstep.", again, 2)
    if head.schema > wire.SNAPSHOT_SCHEMA:
        newer = f"it was made by a newer arcstep (schema {head.schema}; this one reads up to {wire.SNAPSHOT_SCHEMA})."
        return SourceError(what, newer, "Update arcstep, or make a new snapshot with this one.", 2)
    return SourceError(what, f"{_plain(error)}.", again, 2)


def _plain(error: Exception) -> str:
    """The library's words with its way of naming the top of the document taken out."""
    return str(error).replace("`", "").replace("$.", "").rstrip(".")[:300]
