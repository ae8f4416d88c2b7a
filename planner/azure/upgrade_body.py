"""The body of an upgrade: the document as Azure has it, with one value changed and nothing else (PR3).

Plain JSON throughout: a model of the SDK would drop what it does not know, such as certificates whose loss replaces nodes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from planner.azure.decode import parse
from planner.azure.fields import Json, mapping
from planner.inventory import clean

VERSION_POINTER: Final = "/properties/kubernetesVersion"
_OWN: Final = frozenset({"id", "name", "type", "systemData"})
_OWN_PROPERTIES: Final = frozenset({"provisioningState", "status"})
"""What Azure writes and nobody else may."""


@dataclass(frozen=True, slots=True)
class UpgradeBody:
    """The bytes to be sent. They hold SSH keys, so they are in no text."""

    data: bytes = field(repr=False)
    sha256: str
    diff: tuple[tuple[str, str, str], ...]
    """(JSON pointer, value now, value to be sent); one row."""


def upgrade_body(document: object, target: str) -> UpgradeBody:
    """The body that sets a cluster's document to the version `target`. Raises ValueError where it would change more."""
    try:
        before = _writable(mapping(document))
        properties = {**mapping(before["properties"]), "kubernetesVersion": target}
        wanted = {**before, "properties": properties}
        # Sorted, so that two readings of the same document give the same bytes.
        data = json.dumps(wanted, ensure_ascii=False, allow_nan=False, sort_keys=True).encode()
        changed = tuple(differences(before, parse(data)))
    except (KeyError, RecursionError):
        raise ValueError("the document of the cluster has no shape that can be sent back") from None
    if changed != (VERSION_POINTER,):
        said = ", ".join(clean(pointer, 80) for pointer in changed[:3]) or "nothing"
        raise ValueError(f"the body would change {said} instead of the version alone")
    now = str(mapping(before["properties"]).get("kubernetesVersion"))
    return UpgradeBody(data, hashlib.sha256(data).hexdigest(), ((VERSION_POINTER, clean(now, 60), target),))


def _writable(document: Json) -> dict[str, object]:
    """The document without the parts that are Azure's own."""
    properties = mapping(document["properties"])
    kept = {key: value for key, value in properties.items() if key not in _OWN_PROPERTIES}
    return {key: value for key, value in document.items() if key not in _OWN} | {"properties": kept}


def differences(before: object, after: object, pointer: str = "") -> Iterator[str]:
    """The JSON pointers at which two documents differ; types count, so 1 and true are different."""
    if type(before) is not type(after):
        yield pointer
    elif isinstance(before, dict):
        old, new = cast("dict[str, object]", before), cast("dict[str, object]", after)
        for key in [*old, *(key for key in new if key not in old)]:
            deeper = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in old and key in new:
                yield from differences(old[key], new[key], deeper)
            else:
                yield deeper
    elif isinstance(before, list):
        ones, others = cast("list[object]", before), cast("list[object]", after)
        if len(ones) != len(others):
            yield pointer
            return
        for place, (one, other) in enumerate(zip(ones, others, strict=True)):
            yield from differences(one, other, f"{pointer}/{place}")
    elif before != after:
        yield pointer
