"""Where facts come from: one value that says which source, and the source it opens.

Nothing of Azure, the emulator or the decoders is imported before a source is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from planner.files import FileError, read_bytes, shown
from planner.ports import Progress, Report, Source, ignore

if TYPE_CHECKING:
    from planner.documents.readback import Document
    from planner.inventory import Cluster, Inventory

LARGEST_SNAPSHOT: Final = 512 * 1024 * 1024
LARGEST_PLAN: Final = 32 * 1024 * 1024
_PLAN_ENDINGS: Final = {".md", ".markdown"}


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Which source, as the arguments say."""

    kind: Literal["live", "demo", "file"] = "live"
    file: Path | None = None
    """The snapshot or plan, where `kind` is "file"."""
    subscriptions: tuple[str, ...] = ()
    tenant: str | None = None
    auth: Literal["az", "env"] = "az"
    arm_endpoint: str | None = None
    """None = public Azure."""
    ca_bundle: Path | None = None
    as_of: datetime | None = None
    """The moment to judge at; None = the moment the facts stand for."""
    overlays: tuple[Path, ...] = ()
    """Catalog overlay files, in order."""

    @property
    def is_plan(self) -> bool:
        """True when the file is a saved plan and not a snapshot, going by its ending."""
        return self.file is not None and self.file.suffix.casefold() in _PLAN_ENDINGS


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_source(spec: SourceSpec, now: Callable[[], datetime] = _utc_now) -> Source:
    """The source itself; nothing is read yet. Raises SourceError for settings or files that cannot be used."""
    if spec.kind == "demo":
        from planner.emulator.demo import DemoSource

        return DemoSource()
    if spec.kind == "file":
        if spec.file is None:
            raise FileError("The source cannot be opened", "no file was named.", "Give --from FILE.")
        if spec.is_plan:
            name = shown(spec.file)
            raise FileError(
                f"{name} cannot be used as a source", "it is a plan, not a snapshot.",
                f"Read it with: arcstep show {name}",
            )  # fmt: skip
        return SnapshotSource(spec.file)
    from planner.azure.reader import AzureSource
    from planner.azure.settings import PUBLIC, AzureSettings

    return AzureSource(
        AzureSettings(
            subscriptions=spec.subscriptions,
            tenant=spec.tenant,
            auth=spec.auth,
            arm_endpoint=spec.arm_endpoint or PUBLIC,
            ca_bundle=spec.ca_bundle,
            now=now,
        )
    )


def snapshot_of(spec: SourceSpec) -> SnapshotSource:
    """The snapshot a spec names, read already. Raises SourceError."""
    path = _snapshot_path(spec)
    return SnapshotSource(path, _read_snapshot(path))


def open_plan(path: Path) -> Document:
    """A saved plan, read back. Raises SourceError where the file cannot be read at all."""
    from planner.documents.markdown import read

    name = shown(path)
    data = read_bytes(path, LARGEST_PLAN)
    if data.lstrip()[:1] == b"{":
        again = f"Open it with: arcstep --from {name}"
        raise FileError(f"{name} cannot be read as a plan", "it is JSON, such as a snapshot.", again)
    try:
        return read(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        why = f"byte {error.start:,} is not UTF-8 text."
        raise FileError(f"{name} cannot be read as a plan", why, "Save it as UTF-8, or make it anew.") from None


def open_cluster_plan(path: Path) -> Document:
    """A saved plan of one cluster, read back. Raises SourceError, also where it is a plan of instances."""
    document = open_plan(path)
    if document.fleet is not None:
        why = "read it with arcstep show; this works on the plan of one cluster."
        cure = "Plan one of its clusters: arcstep plan NAME --to VERSION"
        raise FileError(f"{document.name} is a plan of instances", why, cure)
    return document


class SnapshotSource:
    """A source over a snapshot file: what is in it is all there is. Nothing is fetched."""

    label = "snapshot"

    def __init__(self, path: Path, inventory: Inventory | None = None) -> None:
        self._path = path
        self._inventory = inventory

    async def load(self, report: Report = ignore) -> Inventory:
        """Read the file, once and on a thread. Raises SourceError."""
        if self._inventory is None:
            import asyncio

            self._inventory = await asyncio.to_thread(_read_snapshot, self._path)
        count = len(self._inventory.clusters)
        report(Progress(count, count, "snapshot", self._inventory))
        return self._inventory

    async def load_all(self, report: Report = ignore) -> Inventory:
        """The same: a snapshot holds what was read and no more."""
        return await self.load(report)

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """Nothing newer can be had."""
        return inventory

    async def close(self) -> None:
        """Nothing is open."""


def _snapshot_path(spec: SourceSpec) -> Path:
    if spec.file is None:
        raise FileError("The source cannot be opened", "no file was named.", "Give --from FILE.")
    if spec.is_plan:
        raise _is_a_plan(spec.file)
    return spec.file


def _read_snapshot(path: Path) -> Inventory:
    from planner.documents.snapshot import load

    data = read_bytes(path, LARGEST_SNAPSHOT)
    if data.startswith(b"---"):
        raise _is_a_plan(path)
    return load(data, shown(path))


def _is_a_plan(path: Path) -> FileError:
    name = shown(path)
    why = "it is a plan, not a snapshot."
    return FileError(f"{name} cannot be used as a source", why, f"Read it with: arcstep show {name}")
