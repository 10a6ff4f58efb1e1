"""The knowledge graph: any server that speaks Bolt and our Cypher."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class GraphBlock(StoreBlock):
    """Where names, caveats and lineage are kept as a graph."""

    _block_type_name = "ECP Graph"
    _block_type_slug = "ecp-graph"
    _description = "The Neo4j, or the embedded server, that holds the knowledge graph."

    uri: str = Field(description="bolt:// or neo4j:// address.")
    user: str = Field(default="neo4j", description="User name.")
    password: SecretStr = Field(description="Password.")

    def to_settings(self) -> dict[str, Any]:
        return {"neo4j_uri": self.uri, "neo4j_user": self.user, "neo4j_password": self.password}
