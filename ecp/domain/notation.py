"""Times as programs write them, put as people do: quoted, in brackets, as the start and the end of something."""

from __future__ import annotations

import re

QUOTES = "\"'`“”‘’"
_QUOTED = re.compile(rf"(?<!\w)([{QUOTES}])((?:\d{{4}}|[A-Za-z])(?:[^{QUOTES}]*[^{QUOTES}\s])?)([{QUOTES}])(?!\w)")
_DAY = r"\d{4}-\d\d-\d\d"
_PAIR = re.compile(rf"({_DAY})(\s*,\s*)({_DAY})")
_NAMED = re.compile(r"\b(?:date|time|period)[_ ]?range\b|\bperiod\b|\brange\b|\bbetween\b|\bdates?\b|\[\s*$", re.I)
_START = r"(?:start(?:[_ ]?date)?|from|since|begin(?:ning)?)"
_END = r"(?:end(?:[_ ]?date)?|to|until|till)"
_ENDS = re.compile(rf"\b({_START}\s*[=:]\s*)({_DAY})([\s,;&]*)(?:and\s+)?({_END}\s*[=:]\s*)(?={_DAY})", re.I)
_LIMITED = re.compile(r"\b((?:restrict|limit|filter|narrow|confine?)(?:ed|ing|s)?(?: down)?(?: \w+)? )to\b", re.I)
_COME_TO = re.compile(r"\b((?:c[oa]mes?|amount(?:s|ed|ing)?|add(?:s|ed)? up) )to\b", re.I)


def as_people_write(text: str) -> str:
    """The text as long as before: what is at one place in the one is at the same in the other."""
    text = _LIMITED.sub(r"\1  ", text)  # what follows is all of it, and no end
    text = _COME_TO.sub(r"\1  ", text)  # "what did it come to last month"
    text = _QUOTED.sub(_unquoted, text)
    text = _PAIR.sub(lambda m: _ranged(m, text), text)
    return _ENDS.sub(_from_to, text)


def _unquoted(match: re.Match[str]) -> str:
    return f" {match[2]} " if any(c.isdigit() for c in match[2]) else match[0]


def _ranged(match: re.Match[str], text: str) -> str:
    """ "[2025-10-01, 2025-12-31]", "period: 2025-10-01,2025-12-31": from the one to the other."""
    if len(match[2]) < 2 or not _NAMED.search(text[max(0, match.start() - 14) : match.start()]):
        return match[0]
    return f"{match[1]}..{' ' * (len(match[2]) - 2)}{match[3]}"


def _from_to(match: re.Match[str]) -> str:
    """ "start=2025-10-01, end=2025-12-31"."""
    behind = len(match[0]) - len(match[1]) - len(match[2])
    if len(match[1]) < 5 or behind < 4:
        return match[0]
    return f"from{' ' * (len(match[1]) - 4)}{match[2]}{' to '.rjust(behind)}"
