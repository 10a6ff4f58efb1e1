"""A folder of Cube YAML files → a checked model. Errors name file, cube and field."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ecp.stores.semantic_sql.model import Cube, Dimension, Join, Measure, Model, ModelInvalid
from ecp.stores.semantic_sql.references import expression
from ecp.stores.semantic_sql.verify import verify
from ecp.stores.semantic_sql.yaml_shape import CubeShape, Described, DimensionShape, FileShape, MeasureShape

Stamp = tuple[tuple[str, int, int], ...]


class ModelFolder:
    """The model of a folder, read again when a file of it has changed. A missing folder is an empty model."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: tuple[Stamp, Model | ModelInvalid] | None = None

    def current(self) -> Model:
        """The model as it stands now. ModelInvalid when it cannot be used."""
        with self._lock:
            stamp = _stamp(self._folder)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, _attempt(self._folder))
            found = self._read[1]
        if isinstance(found, ModelInvalid):
            raise ModelInvalid(*found.args)
        return found


def load_model(folder: Path) -> Model:
    """The model of a folder's YAML files, its version a digest of their content."""
    shapes: dict[str, tuple[str, CubeShape]] = {}
    digest = hashlib.sha256()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        for shape in _shapes(name, content):
            if shape.name in shapes:
                raise ModelInvalid(f"{name}: cube {shape.name} is also in {shapes[shape.name][0]}")
            shapes[shape.name] = (name, shape)
    model = Model({name: _cube(file, shape, shapes) for name, (file, shape) in shapes.items()}, digest.hexdigest()[:16])
    for cube, complaint in verify(model):
        raise ModelInvalid(f"{shapes[cube][0]}: cube {cube}, {complaint}")
    return model if shapes else Model()


def _attempt(folder: Path) -> Model | ModelInvalid:
    try:
        return load_model(folder)
    except ModelInvalid as error:
        return error
    except OSError:
        return ModelInvalid("a file of the model cannot be read")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".yaml") and path.is_file())


def _stamp(folder: Path) -> Stamp:
    found = []
    for path in _files(folder):
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)


def _shapes(file: str, content: bytes) -> Sequence[CubeShape]:
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f", line {line + 1}"
        raise ModelInvalid(f"{file}{where}: not readable as YAML") from error
    try:
        return FileShape.model_validate(document or {}).cubes
    except ValidationError as error:
        first = error.errors()[0]
        raise ModelInvalid(f"{file}: {_where(first['loc'], document)}: {first['msg']}") from error


def _where(location: Iterable[int | str], document: Any) -> str:
    """('cubes', 0, 'measures', 2, 'type') as 'cube Orders, measures.total.type'."""
    steps: list[str] = []
    here = document
    for step in location:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        named = here.get("name") if isinstance(here, dict) and isinstance(step, int) else None
        steps.append(str(named if named is not None else step))
    if len(steps) > 1 and steps[0] == "cubes":
        steps = [f"cube {steps[1]}", ".".join(steps[2:])]
        return ", ".join(filter(None, steps))
    return ".".join(steps)


def _cube(file: str, shape: CubeShape, cubes: dict[str, tuple[str, CubeShape]]) -> Cube:
    def parsed(text: str, field: str) -> Any:
        try:
            return expression(text, shape.name, cubes)
        except ModelInvalid as error:
            raise ModelInvalid(f"{file}: cube {shape.name}, {field}: {error}") from error

    table = shape.sql_table or shape.sql
    if not table or (shape.sql_table and shape.sql) or "{" in table:
        raise ModelInvalid(f"{file}: cube {shape.name}, sql: one of sql and sql_table, without references")
    _distinct(file, shape)
    return Cube(
        name=shape.name,
        table=table,
        is_query=shape.sql_table is None,
        public=shape.shows(),
        dimensions={d.name: _dimension(shape, d, parsed) for d in shape.dimensions},
        measures={m.name: _measure(shape, m, parsed) for m in shape.measures},
        joins=tuple(Join(shape.name, j.name, j.relationship, parsed(j.sql, f"joins.{j.name}")) for j in shape.joins),
    )


def _distinct(file: str, shape: CubeShape) -> None:
    names = [m.name for m in shape.measures] + [d.name for d in shape.dimensions]
    for members in (names, [join.name for join in shape.joins]):
        twice = {name for name in members if members.count(name) > 1}
        if twice:
            raise ModelInvalid(f"{file}: cube {shape.name}, {min(twice)}: defined twice")


Parse = Callable[[str, str], Any]


def _dimension(cube: CubeShape, shape: DimensionShape, parsed: Parse) -> Dimension:
    return Dimension(
        cube=cube.name,
        name=shape.name,
        type=shape.type,
        sql=parsed(shape.sql, f"dimensions.{shape.name}.sql"),
        title=_title(cube, shape, shape.name),
        primary_key=shape.primary_key,
        public=shape.shows(otherwise=not shape.primary_key),
    )


def _measure(cube: CubeShape, shape: MeasureShape, parsed: Parse) -> Measure:
    where = f"measures.{shape.name}"
    return Measure(
        cube=cube.name,
        name=shape.name,
        type=shape.type,
        sql=None if shape.sql is None else parsed(shape.sql, f"{where}.sql"),
        filters=tuple(parsed(f.sql, f"{where}.filters") for f in shape.filters),
        title=_title(cube, shape, shape.name),
        public=shape.shows(),
    )


def _title(cube: CubeShape, shape: Described, name: str) -> str:
    return f"{cube.title or cube.name} {shape.title or name.replace('_', ' ').title()}"
