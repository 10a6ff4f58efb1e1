# METADATA
# title: The decision on one question, for an input of the shape of PolicyInput
# description: |
#   Nothing here names an asset, a department or a role: who may see what travels in the input.
#   Every rule states what permits. What cannot be evaluated is therefore not permitted.
package ecp

decision := {
	"allowed": allowed,
	"row_filters": effective_filters,
	"masked_columns": sort(masked_columns),
	"denied": sort(denied),
	"policies": sort(policies),
	"reasons": sort(reasons),
	"policy_version": data.ecp_policy.version,
}

default allowed := false

allowed if {
	well_formed
	count(missing) == 0
	count(unmet) == 0
}

# Of a denied question nothing may run, filtered or not.
default effective_filters := []

effective_filters := row_filters if allowed

default well_formed := false

well_formed if {
	input.action in ["resolve", "execute", "show"]
	is_array(input.asker.roles)
	is_object(input.asker.attributes)
	is_array(input.assets)
	is_array(input.limits)
}

policies contains "well_formed_input" if not well_formed

reasons contains "The question could not be put to the policy in full" if not well_formed
