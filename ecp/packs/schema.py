"""The JSON Schema of a document, for editors and for people who write packs."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import AliasChoices, BaseModel, TypeAdapter

from ecp.domain import assets
from ecp.domain.assets import AnyAsset
from ecp.domain.values import JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_schema() -> JsonObject:
    """JSON Schema (draft 2020-12) of one document: every kind, told apart by `kind`, which is required."""
    adapter: TypeAdapter[AnyAsset] = TypeAdapter(AnyAsset)
    schema = adapter.json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    for name, definition in definitions.items():
        model = getattr(assets, name, None)
        if isinstance(model, type) and issubclass(model, BaseModel):
            _offer_other_names(definition, model)
    for kind in get_args(get_args(AnyAsset)[0]):
        definition = definitions[kind.__name__]
        definition["required"] = ["kind", *definition.get("required", ())]
    # One reference would be either a string or a list of them; only this field has two shapes.
    references = definitions["Dimension"]["properties"]
    references["semantic_layer_ref"] = {"anyOf": [references["semantic_layer_refs"]["items"], {"type": "array"}]}
    return {"$schema": DIALECT, "title": "Document of a context pack", **schema}


def _offer_other_names(definition: JsonObject, model: type[BaseModel]) -> None:
    """A field with several names appears under each of them; a required one under any."""
    required = list(definition.get("required", ()))
    for field in model.model_fields.values():
        if not isinstance(field.validation_alias, AliasChoices):
            continue
        names = [str(choice) for choice in field.validation_alias.choices]
        shape = next(definition["properties"][n] for n in names if n in definition["properties"])
        definition["properties"].update(dict.fromkeys(names, shape))
        if any(name in required for name in names):
            required = [name for name in required if name not in names]
            definition.setdefault("allOf", []).append({"anyOf": [{"required": [name]} for name in names]})
    if required:
        definition["required"] = required
    else:
        definition.pop("required", None)
