"""The files of a pack: bounded, inside the pack, never through a symbolic link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ecp.packs.errors import Problem
from ecp.packs.yaml_nodes import RawDocument, Unreadable, read_json, read_yaml

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
LARGEST_FILE = 4 * 1024 * 1024
LARGEST_PACK = 64 * 1024 * 1024
MOST_FILES = 5_000


class SourceFile(NamedTuple):
    """`name` is relative to the pack, with forward slashes."""

    name: str
    documents: tuple[RawDocument, ...]
    problems: tuple[Problem, ...]


def read_files(root: Path) -> Iterator[SourceFile]:
    """Every YAML and JSON file below `root`, or `root` itself when it is a file, in order of its name."""
    if root.is_file():
        yield _read(root, root.name)
        return
    total = 0
    for count, path in enumerate(sorted(_walk(root))):
        name = path.relative_to(root).as_posix()
        total += path.lstat().st_size
        if count >= MOST_FILES or total > LARGEST_PACK:
            yield _failed(name, f"a pack has at most {MOST_FILES} files and {LARGEST_PACK} bytes")
            return
        yield _read(path, name)


def _walk(root: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(root, followlinks=False):
        here = Path(folder)
        links = [n for n in subfolders if (here / n).is_symlink()]
        subfolders[:] = sorted(n for n in subfolders if not n.startswith(".") and n not in links)
        yield from (here / n for n in links)
        yield from (here / n for n in names if not n.startswith(".") and Path(n).suffix in SUFFIXES)


def _read(path: Path, name: str) -> SourceFile:
    if path.is_symlink():
        return _failed(name, "symbolic links are not followed")
    if path.stat().st_size > LARGEST_FILE:
        return _failed(name, f"larger than {LARGEST_FILE} bytes")
    try:
        text = path.read_text(encoding="utf-8")
        found = read_json(text) if path.suffix == ".json" else read_yaml(text)
        return SourceFile(name, tuple(part for document in found for part in _single(document)), ())
    except UnicodeDecodeError:
        return _failed(name, "not UTF-8")
    except OSError as error:
        return _failed(name, f"cannot be read: {error.strerror}")
    except Unreadable as error:
        return _failed(name, error.message, error.line)


def _single(document: RawDocument) -> Iterator[RawDocument]:
    """A list at the top is several documents."""
    if not isinstance(document.value, list):
        yield document
        return
    for index, value in enumerate(document.value):
        lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == (index,)}
        yield RawDocument(value, lines or {(): 1})


def _failed(name: str, message: str, line: int | None = None) -> SourceFile:
    return SourceFile(name, (), (Problem(file=name, line=line, field=None, message=message),))
