"""A word that names several dimensions: the one that all that is measured is kept by."""

from __future__ import annotations

import pytest

from tests.support.reading import assets_of, understand

_ADS = """
{kind: metric, id: spend, name: Spend, definition: "Spent.", unit: USD, semantic_layer_ref: Ads.spend,
 time_dimension: Ads.day, dimensions: [ad_platform]}
---
{kind: metric, id: clicks, name: Clicks, definition: "Clicked.", unit: clicks, semantic_layer_ref: Ads.clicks,
 time_dimension: Ads.day, dimensions: [ad_platform, shop_platform]}
---
{kind: metric, id: sales, name: Sales, definition: "Sold.", unit: USD, semantic_layer_ref: Ads.sales,
 time_dimension: Ads.day, dimensions: [platform, ad_platform]}
---
{kind: dimension, id: platform, name: Platform, semantic_layer_refs: [Ads.platform]}
---
{kind: dimension, id: ad_platform, name: Ad platform, synonyms: [platform, network],
 semantic_layer_refs: [Ads.ad_platform]}
---
{kind: dimension, id: shop_platform, name: Shop platform, synonyms: [platform, network],
 semantic_layer_refs: [Ads.shop_platform]}
"""


@pytest.mark.parametrize(
    ("question", "cut"),
    [
        ("spend by platform", "ad_platform"),
        ("which network has the highest spend", "ad_platform"),
        ("spend and clicks by network", "ad_platform"),
        ("sales and spend by platform", "ad_platform"),
        ("sales by platform", "platform"),
    ],
)
def test_what_all_of_them_are_kept_by_is_meant(question: str, cut: str) -> None:
    found = understand(question, assets_of(_ADS))
    assert (found.status, [d.id for d in found.selection.concepts.dimensions]) == ("complete", [cut])


@pytest.mark.parametrize("question", ["clicks by network", "clicks by platform"])
def test_where_several_fit_it_is_asked_back(question: str) -> None:
    assert understand(question, assets_of(_ADS)).status == "disambiguation_required"
