"""A folder of documents → checked assets, or every error in it with file, line and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic import ValidationError as Mismatch

from ecp.domain.assets import AnyAsset, Pack
from ecp.domain.catalogue import Catalogue
from ecp.packs.checks import Document, cross_check
from ecp.packs.errors import Problem, field_name, invalid
from ecp.packs.files import SourceFile, read_files
from ecp.packs.yaml_nodes import RawDocument

ANY_ASSET: TypeAdapter[AnyAsset] = TypeAdapter(AnyAsset)
FOLDERS = ("cube", "warehouse", "questions")
KINDS: tuple[str, ...] = tuple(m.model_fields["kind"].default for m in get_args(get_args(AnyAsset)[0]))


@dataclass(frozen=True)
class LoadedPack:
    """A pack that passed every check. `cube` and `warehouse` are existing folders; `pack` is its manifest."""

    root: Path
    assets: tuple[AnyAsset, ...]
    pack: Pack | None = None
    cube: Path | None = None
    warehouse: Path | None = None
    questions: Path | None = None

    @property
    def counts(self) -> dict[str, int]:
        kinds = [a.kind for a in self.assets]
        return {kind: kinds.count(kind) for kind in KINDS if kind in kinds}


def load_pack(path: Path, known: Catalogue | None = None) -> LoadedPack:
    """Reads and checks a pack; ids it does not define may stand in `known`. Raises `PackInvalid`."""
    root = path.resolve()
    if not root.exists():
        raise invalid([Problem(file=path.name, line=None, field=None, message="no such file or folder")])
    files = tuple(read_files(root))
    manifest: dict[str, Any] = next((d.value for f in files for d in f.documents if _is_manifest(d.value)), {})
    files = tuple(_documents_only(files, manifest))
    problems = [p for f in files for p in f.problems]
    documents = [d for f in files for d in _validated(f, problems)]
    folders = _folders(root, documents, problems)
    problems += cross_check(documents, known, _ids_of_the_invalid(files, documents))
    if not documents and not problems:
        problems.append(Problem(file=root.name, line=None, field=None, message="no documents found"))
    if problems:
        raise invalid(problems)
    assets = tuple(d.asset for d in documents)
    pack = next((a for a in assets if isinstance(a, Pack)), None)
    return LoadedPack(root, assets, pack, **folders)


def _is_manifest(value: Any) -> bool:
    return isinstance(value, dict) and value.get("kind") == "pack"


def _documents_only(files: Iterable[SourceFile], manifest: dict[str, Any]) -> Iterator[SourceFile]:
    """What the manifest names as model, warehouse or questions is not a document of the pack."""
    named = [manifest.get(field) for field in FOLDERS]
    other = [PurePosixPath(n) for n in named if isinstance(n, str)]
    for file in files:
        path = PurePosixPath(file.name)
        if not any(path == o or (o.name and o in path.parents) for o in other):
            yield file


def _validated(file: SourceFile, problems: list[Problem]) -> Iterator[Document]:
    for raw in file.documents:
        try:
            yield Document(file.name, raw, ANY_ASSET.validate_python(raw.value))
        except Mismatch as mismatch:
            problems += (_problem(file.name, raw, error) for error in mismatch.errors(include_url=False))


def _ids_of_the_invalid(files: Iterable[SourceFile], documents: Iterable[Document]) -> frozenset[str]:
    valid = {d.asset.id for d in documents}
    values = [d.value for f in files for d in f.documents]
    ids = {v["id"] for v in values if isinstance(v, dict) and isinstance(v.get("id"), str)}
    return frozenset(ids - valid)


def _problem(file: str, raw: RawDocument, error: Any) -> Problem:
    location = tuple(error["loc"])
    location = location[1:] if location[:1] and location[0] in KINDS else location
    message = str(error["msg"])
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        location, message = ("kind",), f"must be one of {', '.join(KINDS)}"
    return Problem(file=file, line=raw.line_of(location), field=field_name(location), message=message)


def _folders(root: Path, documents: Iterable[Document], problems: list[Problem]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for document in documents:
        if not isinstance(document.asset, Pack):
            continue
        for field in FOLDERS:
            name = getattr(document.asset, field)
            if name is None:
                continue
            place = (root / name).resolve() if root.is_dir() else (root.parent / name).resolve()
            if not _beside(root, place) or (root / name).is_symlink():
                problems.append(document.problem((field,), f"{name} must lie in the pack's folder or beside it"))
            elif not place.exists():
                problems.append(document.problem((field,), f"no such file or folder: {name}"))
            else:
                found[field] = place
    return found


def _beside(root: Path, place: Path) -> bool:
    home = (root if root.is_dir() else root.parent).parent
    return place != home and home in place.parents and place != root
