"""Every Cypher statement we send. Constants with parameters: no caller's text becomes Cypher.

A registry version points to its content; versions of equal content share it. Content is written once, before a version
points to it, and never changed. `ref` holds content and key in one, so that one index finds a node. No path is of
variable length: lineage is walked hop by hop, as the embedded server ignores query timeouts and counts paths singly.
"""

from __future__ import annotations

from typing import Final, LiteralString

Statement = LiteralString

PING: Final[Statement] = "RETURN 1 AS one"

# Reading. Every answer has a row, even an empty one, when the graph holds the version.

FIND: Final[Statement] = """
MATCH (version:Version {ref: $version})
UNWIND $forms AS form
OPTIONAL MATCH (:Name {ref: version.content + '|' + form})-[:NAMES]->(thing)
OPTIONAL MATCH (:Department {ref: version.content + '|' + $department})-[uses:USES]->(thing)
OPTIONAL MATCH (thing)-[means:MEANS]->(metric:Asset)
OPTIONAL MATCH (:Department {ref: version.content + '|' + $department})-[owns:USES]->(metric)
RETURN form, thing.id AS id, thing.asset_id AS asset_id, thing.kind AS kind, uses IS NOT NULL AS used,
       means.department AS meant_by, metric.id AS metric, metric.kind AS metric_kind,
       owns IS NOT NULL AS metric_used
"""

ISSUES: Final[Statement] = """
MATCH (version:Version {ref: $version})
OPTIONAL MATCH (:Everything {ref: version.content})<-[:ABOUT_ALL]-(general:Asset)
WITH version, collect(general.id) AS general
UNWIND $subjects AS subject
OPTIONAL MATCH (:Asset {ref: version.content + '|' + subject})<-[:ABOUT]-(knowledge:Asset)
RETURN general, knowledge.id AS id
"""

LINEAGE_TARGET: Final[Statement] = """
MATCH (version:Version {ref: $version})
OPTIONAL MATCH (node:LineageNode {ref: version.content + '|' + $target})
RETURN node.id AS id, node.type AS type, node.name AS name, node.system AS system
"""

LINEAGE_HOP: Final[Statement] = """
MATCH (version:Version {ref: $version})
UNWIND $fed AS fed
OPTIONAL MATCH (:LineageNode {ref: version.content + '|' + fed})<-[feeds:FEEDS]-(node:LineageNode)
RETURN node.id AS id, node.type AS type, node.name AS name, node.system AS system,
       fed AS target, feeds.transformation AS transformation
"""

LINKED_FROM: Final[Statement] = """
MATCH (version:Version {ref: $version})
UNWIND $origins AS origin
OPTIONAL MATCH (:Member {ref: version.content + '|' + origin})-[:LINKED {relation: $relation}]->(thing:Member)
RETURN origin, thing.asset_id AS asset_id, thing.id AS id
"""

LINKED_TO: Final[Statement] = """
MATCH (version:Version {ref: $version})
UNWIND $origins AS origin
OPTIONAL MATCH (:Member {ref: version.content + '|' + origin})<-[:LINKED {relation: $relation}]-(thing:Member)
RETURN origin, thing.asset_id AS asset_id, thing.id AS id
"""

# Writing, by `publish` alone.

INDEXES: Final[tuple[Statement, ...]] = (
    "CREATE INDEX ecp_version IF NOT EXISTS FOR (n:Version) ON (n.ref)",
    "CREATE INDEX ecp_asset IF NOT EXISTS FOR (n:Asset) ON (n.ref)",
    "CREATE INDEX ecp_member IF NOT EXISTS FOR (n:Member) ON (n.ref)",
    "CREATE INDEX ecp_name IF NOT EXISTS FOR (n:Name) ON (n.ref)",
    "CREATE INDEX ecp_department IF NOT EXISTS FOR (n:Department) ON (n.ref)",
    "CREATE INDEX ecp_everything IF NOT EXISTS FOR (n:Everything) ON (n.ref)",
    "CREATE INDEX ecp_lineage_node IF NOT EXISTS FOR (n:LineageNode) ON (n.ref)",
    "CREATE INDEX ecp_retired IF NOT EXISTS FOR (n:Retired) ON (n.ref)",
)

VERSIONS: Final[Statement] = """
MATCH (version:Version)
RETURN version.ref AS version, version.content AS content, version.place AS place
ORDER BY place DESC, version DESC
"""

POINT: Final[Statement] = """
CREATE (:Version {ref: $version, content: $content, place: $place})
"""

REPOINT: Final[Statement] = """
MATCH (version:Version {ref: $version}) SET version.content = $content, version.place = $place
"""

FORGET: Final[Statement] = """
UNWIND $versions AS gone MATCH (version:Version {ref: gone}) DETACH DELETE version
"""

RETIRE: Final[Statement] = """
UNWIND $contents AS content CREATE (:Retired {ref: content, due: 0})
"""

BEGIN: Final[Statement] = "CREATE (:Retired {ref: $content, due: $due})"

RETIRED: Final[Statement] = """
MATCH (retired:Retired) WHERE coalesce(retired.due, 0) <= $now
RETURN DISTINCT retired.ref AS content ORDER BY content
"""

SWEPT: Final[Statement] = "MATCH (retired:Retired {ref: $content}) DETACH DELETE retired"

# One statement a kind of row: the name of the field of `GraphContent` that holds the rows, and what writes them.
WRITES: Final[tuple[tuple[str, Statement], ...]] = (
    (
        "everything",
        "UNWIND $rows AS row CREATE (:Everything {v: $content, ref: $content})",
    ),
    (
        "assets",
        "UNWIND $rows AS row "
        "CREATE (:Asset {v: $content, ref: $content + '|' + row.id, id: row.id, kind: row.kind, name: row.name})",
    ),
    (
        "members",
        "UNWIND $rows AS row "
        "CREATE (:Member {v: $content, ref: $content + '|' + row.asset_id + '|' + row.id, "
        "id: row.id, asset_id: row.asset_id, kind: row.kind, name: row.name})",
    ),
    (
        "names",
        "UNWIND $rows AS row CREATE (:Name {v: $content, ref: $content + '|' + row.form, form: row.form})",
    ),
    (
        "departments",
        "UNWIND $rows AS row CREATE (:Department {v: $content, ref: $content + '|' + row.key, key: row.key})",
    ),
    (
        "lineage_nodes",
        "UNWIND $rows AS row "
        "CREATE (:LineageNode {v: $content, ref: $content + '|' + row.id, id: row.id, type: row.type, "
        "name: row.name, system: row.system})",
    ),
    (
        "asset_names",
        "UNWIND $rows AS row MATCH (name:Name {ref: $content + '|' + row.form}) "
        "MATCH (asset:Asset {ref: $content + '|' + row.asset_id}) CREATE (name)-[:NAMES]->(asset)",
    ),
    (
        "member_names",
        "UNWIND $rows AS row MATCH (name:Name {ref: $content + '|' + row.form}) "
        "MATCH (member:Member {ref: $content + '|' + row.asset_id + '|' + row.member}) "
        "CREATE (name)-[:NAMES]->(member)",
    ),
    (
        "uses",
        "UNWIND $rows AS row MATCH (department:Department {ref: $content + '|' + row.key}) "
        "MATCH (metric:Asset {ref: $content + '|' + row.metric}) CREATE (department)-[:USES]->(metric)",
    ),
    (
        "means",
        "UNWIND $rows AS row MATCH (term:Asset {ref: $content + '|' + row.term}) "
        "MATCH (metric:Asset {ref: $content + '|' + row.metric}) "
        "CREATE (term)-[:MEANS {department: row.key}]->(metric)",
    ),
    (
        "about",
        "UNWIND $rows AS row MATCH (knowledge:Asset {ref: $content + '|' + row.knowledge}) "
        "MATCH (metric:Asset {ref: $content + '|' + row.metric}) CREATE (knowledge)-[:ABOUT]->(metric)",
    ),
    (
        "about_all",
        "UNWIND $rows AS row MATCH (knowledge:Asset {ref: $content + '|' + row.knowledge}) "
        "MATCH (everything:Everything {ref: $content}) CREATE (knowledge)-[:ABOUT_ALL]->(everything)",
    ),
    (
        "targets",
        "UNWIND $rows AS row MATCH (target:Asset {ref: $content + '|' + row.target}) "
        "MATCH (metric:Asset {ref: $content + '|' + row.metric}) CREATE (target)-[:TARGET_OF]->(metric)",
    ),
    (
        "feeds",
        "UNWIND $rows AS row MATCH (source:LineageNode {ref: $content + '|' + row.source}) "
        "MATCH (target:LineageNode {ref: $content + '|' + row.target}) "
        "CREATE (source)-[:FEEDS {transformation: row.transformation}]->(target)",
    ),
    (
        "links",
        "UNWIND $rows AS row MATCH (thing:Member {ref: $content + '|' + row.asset_id + '|' + row.id}) "
        "MATCH (other:Member {ref: $content + '|' + row.to_asset_id + '|' + row.to_id}) "
        "CREATE (thing)-[:LINKED {relation: row.relation}]->(other)",
    ),
)

# A few at a time: the embedded server takes about a millisecond for each.
SWEEPS: Final[tuple[Statement, ...]] = (
    "MATCH (n:Name {v: $content}) WITH n LIMIT 100 DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:Member {v: $content}) WITH n LIMIT 100 DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:Asset {v: $content}) WITH n LIMIT 100 DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:Department {v: $content}) WITH n LIMIT 100 DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:LineageNode {v: $content}) WITH n LIMIT 100 DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:Everything {v: $content}) WITH n LIMIT 100 DETACH DELETE n RETURN count(*) AS gone",
)

READS: Final[tuple[Statement, ...]] = (
    PING,
    FIND,
    ISSUES,
    LINEAGE_TARGET,
    LINEAGE_HOP,
    LINKED_FROM,
    LINKED_TO,
)
