"""What a plan is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.assets import Dimension, Metric
from ecp.domain.calendar import Basis, Calendar
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.drafts import Unplannable
from ecp.domain.plan.references import reference_for
from ecp.domain.semantic import SemanticMeta


@dataclass(frozen=True)
class Asked:
    """The resolved question, for this asker on this day, and what is known of the layer (None: nothing)."""

    concepts: ResolvedConcepts
    catalogue: Catalogue
    calendar: Calendar
    meta: SemanticMeta | None
    as_of: date
    department: str | None
    grain_basis: Basis | None

    def metric(self, metric_id: str) -> Metric:
        metric = self.catalogue.get(metric_id, Metric)
        assert metric is not None
        return metric

    def ref(self, dimension_id: str, metric: Metric, mention: str) -> str:
        ref = reference_for(metric, dimension_id, self.catalogue, self.meta)
        if ref is None:
            dimension = self.catalogue.get(dimension_id, Dimension)
            raise Unplannable(mention, f"{metric.name} is not kept by {dimension.name if dimension else dimension_id}")
        return ref
