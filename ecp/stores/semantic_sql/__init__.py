"""The embedded semantic layer: a Cube YAML model compiled to SQL on the warehouse."""

from ecp.stores.semantic_sql.layer import SqlSemanticLayer, warehouse_pool

__all__ = ["SqlSemanticLayer", "warehouse_pool"]
