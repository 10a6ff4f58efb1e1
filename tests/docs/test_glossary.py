"""The glossary can be looked up in."""

from __future__ import annotations

import re
from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
TERM = re.compile(r"^\*\*(.+?)\*\*: ", re.MULTILINE)


def test_terms_stand_once_and_in_alphabetical_order():
    terms = TERM.findall(GLOSSARY.read_text())
    assert terms == sorted(set(terms))


def test_every_paragraph_behind_the_first_explains_a_term():
    paragraphs = GLOSSARY.read_text().strip().split("\n\n")[2:]
    assert [p for p in paragraphs if not TERM.match(p)] == []
