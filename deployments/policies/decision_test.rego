package ecp_test

import data.ecp

asker := {"user_id": null, "department": "blue", "roles": ["reader"], "attributes": {"site": ["north"]}}

open_asset := {"id": "a", "kind": "metric", "name": "A", "required": true, "access": null}

unlimited := {"departments": null, "roles": null, "attributes": {}}

closed(access) := object.union(open_asset, {"access": object.union(unlimited, access)})

optional(asset) := object.union(asset, {"required": false})

limit := {"dimension": "d", "name": "D", "allowed": ["x", "y"], "requested": null, "applicable": true}

question(assets, limits) := {
	"action": "resolve",
	"asker": asker,
	"assets": assets,
	"limits": limits,
	"registry_version": "1",
}

decide(assets, limits) := decision if {
	decision := ecp.decision with input as question(assets, limits) with data.ecp_policy as {"version": "v"}
}

malformed(changes) := decision if {
	asked := object.union(question([open_asset], []), changes)
	decision := ecp.decision with input as asked with data.ecp_policy as {"version": "v"}
}

test_a_decision_has_every_field if {
	decide([], []) == {
		"allowed": true,
		"row_filters": [],
		"masked_columns": [],
		"denied": [],
		"policies": [],
		"reasons": [],
		"policy_version": "v",
	}
}

test_an_open_asset_is_allowed if decide([open_asset], []).allowed

test_a_department_must_be_listed if {
	decide([closed({"departments": ["blue", "red"]})], []).allowed
	not decide([closed({"departments": ["red"]})], []).allowed
}

test_one_role_must_be_listed if {
	decide([closed({"roles": ["reader", "writer"]})], []).allowed
	not decide([closed({"roles": ["writer"]})], []).allowed
}

test_every_attribute_must_be_shared if {
	decide([closed({"attributes": {"site": ["north", "south"]}})], []).allowed
	not decide([closed({"attributes": {"site": ["north"], "rank": ["one"]}})], []).allowed
}

test_an_empty_list_admits_nobody if {
	not decide([closed({"departments": []})], []).allowed
	not decide([closed({"roles": []})], []).allowed
	not decide([closed({"attributes": {"site": []}})], []).allowed
}

test_the_reason_names_asset_and_roles if {
	decide([closed({"roles": ["writer", "owner"]})], []).reasons == ["“A” is restricted to the roles: writer, owner"]
}

test_an_optional_asset_is_left_out_and_the_rest_allowed if {
	decision := decide([open_asset, optional(object.union(closed({"roles": []}), {"id": "b"}))], [])
	decision.allowed
	decision.denied == ["b"]
	decision.reasons == []
	decision.masked_columns == []
}

test_an_optional_dimension_that_is_denied_is_masked if {
	asset := optional(object.union(closed({"roles": []}), {"kind": "dimension"}))
	decide([asset], []).masked_columns == ["a"]
}

test_an_unfiltered_question_is_filtered if {
	decision := decide([], [limit])
	decision.allowed
	decision.row_filters == [{"dimension": "d", "operator": "in", "values": ["x", "y"]}]
	count(decision.reasons) == 1
}

test_a_question_within_the_limit_is_filtered_silently if {
	decision := decide([], [object.union(limit, {"requested": ["x"]})])
	decision.row_filters == [{"dimension": "d", "operator": "in", "values": ["x"]}]
	decision.reasons == []
}

test_a_wider_question_is_narrowed_and_says_so if {
	decision := decide([], [object.union(limit, {"requested": ["z", "x"]})])
	decision.row_filters == [{"dimension": "d", "operator": "in", "values": ["x"]}]
	count(decision.reasons) == 1
}

test_a_question_outside_the_limit_is_denied if {
	decision := decide([], [object.union(limit, {"requested": ["z"]})])
	not decision.allowed
	decision.row_filters == []
	count(decision.reasons) == 1
}

test_what_of_a_comparison_lies_outside_is_named if {
	decision := decide([], [object.union(limit, {"requested": ["z"], "outside": ["zebra"]})])
	not decision.allowed
	decision.reasons == ["“zebra” lies outside of what the asker may see of “D”"]
}

test_a_limit_that_allows_nothing_denies if not decide([], [object.union(limit, {"allowed": []})]).allowed

test_a_limit_that_cannot_be_applied_denies if not decide([], [object.union(limit, {"applicable": false})]).allowed

test_a_denied_question_has_no_filters if decide([closed({"roles": []})], [limit]).row_filters == []

test_what_is_malformed_is_denied if {
	every changes in [
		{"action": "drop"},
		{"asker": null},
		{"asker": {"roles": "reader"}},
		{"assets": null},
		{"assets": [{}]},
		{"assets": [5]},
		{"assets": [object.union(open_asset, {"access": 5})]},
		{"assets": [object.union(open_asset, {"access": {"departments": null, "roles": null}})]},
		{"assets": [object.union(open_asset, {"access": {}, "required": "false"})]},
		{"limits": {}},
		{"limits": [{}]},
		{"limits": [object.union(limit, {"allowed": "x"})]},
		{"limits": [object.union(limit, {"requested": "x"})]},
		{"limits": [object.union(limit, {"applicable": "yes"})]},
	] {
		not malformed(changes).allowed
	}
}

test_without_input_nothing_is_allowed if {
	not ecp.allowed with input as {}
}
