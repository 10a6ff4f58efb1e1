"""The knowledge graph: any server that speaks Bolt and our Cypher."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class GraphBlock(StoreBlock):
    """Where names, caveats and lineage are kept as a graph."""

    _block_type_name = "ECP Graph"
    _block_type_slug = "ecp-graph"
    _description = "The Neo4j, or the embedded server, that holds the knowledge graph."
    component: ClassVar[str] = "graph"
    settings: ClassVar[dict[str, str]] = {"uri": "neo4j_uri", "user": "neo4j_user", "password": "neo4j_password"}

    uri: str = Field(description="bolt:// or neo4j:// address.")
    user: str = Field(default="neo4j", description="User name.")
    password: SecretStr = Field(description="Password.")
