"""Which governed definition each mention stands for, for this asker, on what evidence; or what to ask back."""

from __future__ import annotations

from ecp.domain.selection.asking import Evidence, Near, Selection
from ecp.domain.selection.selecting import select

__all__ = ["Evidence", "Near", "Selection", "select"]
