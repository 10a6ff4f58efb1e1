"""One Prefect block for each store."""

from blocks.graph import GraphBlock
from blocks.policy import PolicyBlock
from blocks.registry import RegistryBlock
from blocks.semantic import SemanticBlock
from blocks.vector import VectorBlock

BLOCKS = (RegistryBlock, VectorBlock, GraphBlock, SemanticBlock, PolicyBlock)

__all__ = ["BLOCKS", "GraphBlock", "PolicyBlock", "RegistryBlock", "SemanticBlock", "VectorBlock"]
