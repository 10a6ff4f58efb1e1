"""A difference is told field by field, and a list by what came and went."""

from __future__ import annotations

from ecp.domain.leaves import leaves, rows_of, told


def found(before, after):
    return {leaf.name: (leaf.before, leaf.after) for leaf in leaves(before, after)}


def test_of_two_objects_only_the_fields_that_differ_are_told():
    before = {"orders": {"definition": "Shipped.", "tier": 1}, "sites": {"grain": None}}
    after = {"orders": {"definition": "Billed.", "tier": 1}, "sites": {"grain": None}}
    assert found(before, after) == {"orders › definition": ("Shipped.", "Billed.")}
    assert found(before, before) == {}


def test_what_came_or_went_is_told_beside_nothing():
    assert found({}, {"orders": {"tier": 1}}) == {"orders › tier": (None, 1)}
    assert found({"orders": {"tier": 1}}, None) == {"orders › tier": (1, None)}
    assert found(None, 0.5) == {"": (None, 0.5)}


def test_a_named_thing_that_came_or_went_is_told_whole_in_one_line():
    orders = {"id": "orders", "name": "Orders", "definition": "What was\nordered.", "unit": "orders", "owner": "Sales"}
    kept = {"id": "sites", "name": "Sites"}
    assert found({"metrics": [kept, orders]}, {"metrics": [kept]}) == {
        "metrics › orders": ("Orders: What was ordered.", None)
    }
    assert found({}, {"orders": {"name": "Orders", "tier": 1}}) == {"orders": (None, "Orders")}


def test_differences_are_rows_of_a_table_without_values_where_those_are_withheld():
    known = {"field": "definition", "before": {"orders": {"unit": "a|b"}}, "after": {"orders": {"unit": "c"}}}
    head, line, first, second = rows_of([known, {"field": "period"}])
    assert (head, line) == ("| what | before | after |", "|---|---|---|")
    assert (first, second) == ("| definition orders › unit | a\\|b | c |", "| period | | |")


def test_a_list_of_named_things_is_told_by_their_names():
    before = [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]
    after = [{"id": "b", "name": "B"}, {"id": "a", "name": "Alpha"}]
    assert found({"metrics": before}, {"metrics": after}) == {"metrics › a › name": ("A", "Alpha")}


def test_of_other_lists_what_left_and_what_joined_is_told_or_that_the_order_is_another():
    assert found(["a", "b"], ["b", "c"]) == {"": (["a"], ["c"])}
    assert found(["a", "b"], ["b", "a"]) == {"order": (["a", "b"], ["b", "a"])}


def test_values_are_told_in_one_line():
    assert [told(v) for v in (None, [], 1.5, True, "two\nlines")] == ["–", "–", "1.5", "true", "two lines"]
    assert told({"status": "open", "words": ["x", "y"]}) == "status open, words x; y"
