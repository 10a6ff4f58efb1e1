# What an asker limited on a dimension may ask of it: never more than what is allowed.
package ecp

default limits := []

limits := input.limits if is_array(input.limits)

row_filters := [filter |
	some limit in limits
	met(limit)
	filter := {"dimension": limit.dimension, "operator": "in", "values": granted(limit)}
]

unmet := [limit |
	some limit in limits
	not met(limit)
]

policies contains "row_limits" if count(limits) > 0

met(limit) if {
	limit.applicable == true
	count(granted(limit)) > 0
}

granted(limit) := limit.allowed if {
	limit.requested == null
	is_array(limit.allowed)
}

granted(limit) := [value |
	some value in limit.allowed
	value in limit.requested
] if {
	is_array(limit.requested)
	is_array(limit.allowed)
}

reasons contains reason if {
	some limit in limits
	limit.applicable == false
	reason := concat("", ["The asker is limited on “", limit.name, "”, and what is asked for cannot be limited by it"])
}

reasons contains reason if {
	some limit in limits
	limit.applicable == true
	count(granted(limit)) == 0
	count(named(limit)) == 0
	reason := concat("", ["Nothing of “", limit.name, "” that is asked for is within what the asker may see"])
}

reasons contains reason if {
	some limit in limits
	limit.applicable == true
	count(granted(limit)) == 0
	some words in named(limit)
	reason := concat("", ["“", words, "” lies outside of what the asker may see of “", limit.name, "”"])
}

# What of a comparison lies outside, in the question's own words; absent, nothing is told apart.
named(limit) := object.get(limit, "outside", [])

reasons contains reason if {
	allowed
	some limit in limits
	narrows(limit)
	reason := concat("", ["The asker is limited on “", limit.name, "”: only what the asker may see is included"])
}

narrows(limit) if limit.requested == null

narrows(limit) if {
	some value in limit.requested
	not value in limit.allowed
}
