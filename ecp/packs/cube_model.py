"""Puts a pack's Cube model where the semantic layer reads it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ecp.packs.errors import Problem, invalid
from ecp.packs.files import LARGEST_FILE
from ecp.settings import Settings


def model_folder(settings: Settings) -> Path:
    """The folder that the embedded engine and a Cube server read."""
    return settings.cube_model or settings.home / "cube" / "model"


def install_model(source: Path, target: Path, pack_id: str, *, only: bool) -> int:
    """Replaces the model of one pack, `target/<pack id>/`, by a renamed copy; answers how many files.

    `only` takes away every other pack's model. Raises `PackInvalid` for links and files that are too large.
    """
    files = sorted(p for p in source.rglob("*") if p.suffix in (".yml", ".yaml") and not p.name.startswith("."))
    _refuse_odd_files(source, files)
    target.mkdir(parents=True, exist_ok=True)
    # Beside the target: a rename must not cross file systems, and readers of the target must not see it.
    staged = Path(tempfile.mkdtemp(prefix=".model-", dir=target.parent))
    try:
        for file in files:
            copy = staged / "new" / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
        _swap(staged, target / pack_id)
        if only:
            _remove_others(target, pack_id)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return len(files)


def _refuse_odd_files(source: Path, files: list[Path]) -> None:
    odd = [f for f in files if f.is_symlink() or f.stat().st_size > LARGEST_FILE]
    if odd or not files:
        names = [f.relative_to(source).as_posix() for f in odd] or ["."]
        message = "neither symbolic links nor oversized files are taken" if odd else "no Cube model in this folder"
        raise invalid(Problem(file=f"{source.name}/{n}", line=None, field=None, message=message) for n in names)


def _swap(staged: Path, place: Path) -> None:
    if place.exists():
        place.rename(staged / "old")
    (staged / "new").rename(place)


def _remove_others(target: Path, pack_id: str) -> None:
    for other in target.iterdir():
        if other.name != pack_id:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
