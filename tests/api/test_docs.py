"""The documentation page works where there is no network but the platform's own."""

from __future__ import annotations

import re

import httpx


def test_the_page_names_no_other_host_and_all_that_it_names_is_there(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200 and "swagger" in page.text.lower()
    named = re.findall(r"""(?:src|href|url:)\s*[=]?\s*["']([^"']+)["']""", page.text)
    assert len(named) >= 4 and not [n for n in named if not n.startswith("/") or n.startswith("//")]
    assert "://" not in page.text.replace("window.location.protocol", "")
    for path in named:
        found = client.get(path, timeout=60)
        assert found.status_code == 200 and len(found.content) > 100, path


def test_what_is_no_asset_of_the_page_is_not_found(client: httpx.Client) -> None:
    for path in ("/docs/assets/nothing.js", "/docs/assets/../../etc/passwd", "/docs/assets/%2e%2e/%2e%2e/core.py"):
        assert client.get(path).status_code == 404
