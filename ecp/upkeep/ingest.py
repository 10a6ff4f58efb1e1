"""A pack's folder, imported when what is in it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from ecp.domain.values import Value
from ecp.packs.importer import ImportReport, Progress, Surroundings, import_pack, silent
from ecp.packs.loader import LoadedPack, load_pack
from ecp.settings import Settings
from ecp.stores.protocols import GraphStore, Registry, VectorStore


class Ingested(Value):
    """`report` is None where the folder is as it was when it was last taken in whole."""

    pack: str
    digest: str
    report: ImportReport | None = None


async def ingest(
    settings: Settings,
    path: Path,
    registry: Registry,
    vector: VectorStore,
    graph: GraphStore,
    *,
    only: bool = False,
    force: bool = False,
    progress: Progress = silent,
) -> Ingested:
    """Imports the pack unless it is what was last taken in from here: a version that was rolled back since stays so.

    Raises what `import_pack` raises. An import that a store took no part in is not noted, so that it is repeated.
    """
    before = None if only else await registry.catalogue()
    pack = await asyncio.to_thread(load_pack, path, before)
    digest = await asyncio.to_thread(pack_digest, pack)
    name = pack.pack.id if pack.pack else pack.root.stem
    if not force and await registry.ingested(name) == digest:
        return Ingested(pack=name, digest=digest)
    around = Surroundings.of(settings)
    report = await import_pack(path, registry, vector, graph, only=only, surroundings=around, progress=progress)
    if not report.incomplete:
        await registry.note_ingested(name, digest, report.version)
    return Ingested(pack=name, digest=digest, report=report)


def pack_digest(pack: LoadedPack) -> str:
    """Of every file of the pack, its model and its warehouse, by name and content. Times do not count."""
    whole = sha256()
    for place in (pack.root, pack.cube, pack.warehouse):
        for file in _files(place) if place else ():
            inside = file.relative_to(place) if place and place.is_dir() else Path(file.name)
            whole.update(f"{inside.as_posix()}\0{sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    for file in sorted(place.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(place).parts)
        if file.is_file() and not file.is_symlink() and not hidden:
            yield file
