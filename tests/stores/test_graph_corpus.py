"""The statements we send, with parameters and answers that every engine must agree on."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ecp.settings import Settings
from ecp.stores import cypher
from ecp.stores.graph_content import GraphContent, graph_content
from tests.stores.graph_policy_fixtures import Remembering, another, corpus, documents, driver_for, emptied, graph_of

CASES = corpus("cypher")
STORES = Path(cypher.__file__).parent
WRITING = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|LOAD|CALL|FOREACH)\b")
STATEMENTS = [
    *(value for name, value in vars(cypher).items() if name.isupper() and isinstance(value, str)),
    *cypher.INDEXES,
    *cypher.SWEEPS,
    *(statement for _, statement in cypher.WRITES),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asked(platform_settings: Settings) -> AsyncIterator[Remembering]:
    """The small enterprise published as versions 1 and 2, three times over so that something was removed."""
    driver = driver_for(platform_settings)
    await emptied(driver)
    remembering = Remembering(driver)
    async with graph_of(remembering) as graph:  # type: ignore[arg-type]
        for content in (documents(another(1)), documents(another(2)), documents()):
            await graph.publish(content, "1")
        await graph.publish(documents(), "2")
        yield remembering


def rows(found: list[dict[str, Any]]) -> list[str]:
    """In no order; a digest of content is no part of the answer."""
    return sorted(repr(sorted((k, v) for k, v in row.items() if k != "content")) for row in found)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_a_statement_answers_alike_on_every_engine(asked: Remembering, case: dict[str, Any]) -> None:
    async with asked.session(database="neo4j", default_access_mode="READ") as session:
        found = await (await session.run(getattr(cypher, case["statement"]), case["parameters"])).data()
    assert rows(found) == rows(case["rows"])


async def test_the_corpus_has_every_statement_that_reads(asked: Remembering) -> None:
    named = {name for name, value in vars(cypher).items() if isinstance(value, str) and value in cypher.READS}
    assert {case["statement"] for case in CASES} == named | {"VERSIONS", "RETIRED"}


async def test_only_publishing_writes_and_it_writes_with_the_constants(asked: Remembering) -> None:
    writing = [(mode, text) for mode, text in asked.asked if WRITING.search(text)]
    assert {mode for mode, _ in writing} == {"WRITE"}
    assert {text for _, text in writing} <= set(STATEMENTS)


def test_reads_do_not_write() -> None:
    assert [statement for statement in cypher.READS if WRITING.search(statement)] == []


def test_every_value_is_a_parameter_and_every_path_has_one_hop() -> None:
    for statement in STATEMENTS:
        literals = set(re.findall(r"'[^']*'", statement))
        assert literals <= {"'|'"}, statement
        assert not re.search(r"\[[^\]]*\*[^\]]*\]|shortest|apoc\.", statement), statement


def test_statements_are_literals_and_nothing_is_put_into_them() -> None:
    tree = ast.parse((STORES / "cypher.py").read_text())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr | ast.BinOp | ast.Call)]
    for module in ("graph.py", "graph_publish.py"):
        walked = list(ast.walk(ast.parse((STORES / module).read_text())))
        texts = [n.value for n in walked if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert not [text for text in texts if re.search(r"\b(MATCH|UNWIND|CREATE|MERGE)\b", text)]
        assert not [n for n in walked if isinstance(n, ast.JoinedStr)]


def test_every_kind_of_row_has_a_statement() -> None:
    assert [name for name, _ in cypher.WRITES if name not in GraphContent.__dataclass_fields__] == []
    assert {name for name, _ in cypher.WRITES} == set(GraphContent.__dataclass_fields__)


def test_equal_assets_in_any_order_are_equal_content() -> None:
    assert graph_content(documents()) == graph_content(tuple(reversed(documents())))
    assert graph_content(documents()).digest != graph_content(documents(another(1))).digest


def test_an_edge_to_what_is_not_there_is_left_out() -> None:
    content = graph_content(documents())
    assert "not_there" not in {row["metric"] for row in (*content.means, *content.uses)}
