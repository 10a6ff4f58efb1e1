# Who may see an asset: every list that its access gives must contain the asker.
package ecp

default restricted := []

restricted := [asset |
	some asset in input.assets
	not asset.access == null
] if {
	is_array(input.assets)
}

refused := [asset |
	some asset in restricted
	not permitted(asset)
]

missing := [asset |
	some asset in refused
	not asset.required == false
]

denied contains asset.id if some asset in refused

masked_columns contains asset.id if {
	some asset in refused
	asset.required == false
	asset.kind in ["column", "dimension"]
}

policies contains "asset_access" if count(restricted) > 0

policies contains "column_masks" if count(masked_columns) > 0

# Takes the asset whole: `not f(x.y)` is no refusal but undefined where y is missing.
permitted(asset) if {
	admits_department(asset.access)
	admits_role(asset.access)
	admits_attributes(asset.access)
}

admits_department(access) if access.departments == null

admits_department(access) if input.asker.department in access.departments

admits_role(access) if access.roles == null

admits_role(access) if {
	some role in access.roles
	role in input.asker.roles
}

admits_attributes(access) if {
	is_object(access.attributes)
	every name, values in access.attributes {
		admits_attribute(name, values)
	}
}

admits_attribute(name, values) if {
	some value in values
	value in input.asker.attributes[name]
}

reasons contains reason if {
	some asset in missing
	not admits_department(asset.access)
	reason := concat("", ["“", asset.name, "” is restricted to ", listed("departments", asset.access.departments)])
}

reasons contains reason if {
	some asset in missing
	not admits_role(asset.access)
	reason := concat("", ["“", asset.name, "” is restricted to ", listed("roles", asset.access.roles)])
}

reasons contains reason if {
	some asset in missing
	some name, values in asset.access.attributes
	not admits_attribute(name, values)
	reason := concat("", ["“", asset.name, "” is restricted by the attribute “", name, "” to ", listed("values", values)])
}

listed(what, names) := concat("", ["the ", what, ": ", concat(", ", names)]) if count(names) > 0

listed(what, names) := concat(" ", ["no", what, "at all"]) if count(names) == 0
