"""From resolved concepts to queries of the semantic layer and the arithmetic between them.

A draft holds more than the contract shows (which metric, which group a query serves), so that row filters enter
each query and results find their place. What is executed is a draft that a decision has been applied to.
"""

from __future__ import annotations

from ecp.domain.plan.authorising import authorised
from ecp.domain.plan.drafts import Draft, DraftQuery, Unplannable
from ecp.domain.plan.knowing import as_known_on
from ecp.domain.plan.planning import draft

__all__ = ["Draft", "DraftQuery", "Unplannable", "as_known_on", "authorised", "draft"]
