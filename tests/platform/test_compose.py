"""What compose starts is what there is: the parts, the settings and the files it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecp.platform.deployments import POOLS
from ecp.platform.origins import variable
from ecp.settings import Settings

DEPLOYMENTS = Path(__file__).resolve().parents[2] / "deployments"
PARTS = {"postgres", "graph", "cube", "opa", "redis", "prefect", "worker", "api"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOYMENTS / "compose.yaml").read_text())
    return found


def test_every_part_of_a_platform_is_a_service(compose):
    assert set(compose["services"]) >= PARTS


def test_every_setting_that_is_given_exists(compose):
    known = {variable(name) for name in Settings.model_fields}
    given = compose["x-platform"]["environment"].keys() | compose["services"]["api"]["environment"].keys()
    assert given - known == set()


def test_no_store_of_the_api_is_left_to_be_an_embedded_one(compose):
    stores = {"ECP_POSTGRES_DSN", "ECP_WAREHOUSE", "ECP_NEO4J_URI", "ECP_CUBE_URL", "ECP_OPA_URL", "PREFECT_API_URL"}
    assert stores <= compose["services"]["api"]["environment"].keys()


def test_redis_is_of_a_line_that_is_open_source(compose):
    """From 7.4 on it is under RSALv2 or SSPLv1, which are not."""
    version = re.fullmatch(r"redis:(\d+)\.(\d+)-alpine", compose["services"]["redis"]["image"])
    assert version and tuple(map(int, version.groups())) < (7, 4)


def test_what_is_waited_for_and_mounted_exists(compose):
    services, volumes = compose["services"], compose["volumes"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOYMENTS / source).exists() if source.startswith(".") else source in volumes, mount


def test_the_worker_serves_every_pool_that_there_is(compose):
    command = compose["services"]["worker"]["command"]
    assert {command[at + 1] for at, word in enumerate(command) if word == "--pool"} == {pool.name for pool in POOLS}


def test_who_writes_the_model_owns_its_volume(compose):
    """A new volume belongs to whom the folder of its first image belongs to."""
    made = re.search(r"install --directory --owner ecp (.+)$", (DEPLOYMENTS / "Dockerfile").read_text(), re.MULTILINE)
    folders = {mount.split(":")[1] for mount in compose["x-platform"]["volumes"]}
    assert made and folders <= set(made[1].split())
    others = [name for name, service in compose["services"].items() if "build" not in service and mounts_model(service)]
    assert others and all("migrate" in compose["services"][name]["depends_on"] for name in others)


def mounts_model(service: dict[str, Any]) -> bool:
    return any(mount.startswith("model:") for mount in service.get("volumes", ()))


def test_no_port_is_published_beyond_loopback(compose):
    published = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert published and all(port.startswith("127.0.0.1:") for port in published)


def test_no_password_stands_in_the_file():
    text = (DEPLOYMENTS / "compose.yaml").read_text()
    secrets = re.findall(r"^ *\w*(?:PASSWORD|PASS|SECRET|TOKEN|AUTH): *(.+)$", text, re.MULTILINE)
    assert secrets and all("${" in value for value in secrets)


def test_what_the_image_is_made_of_exists():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOYMENTS / "Dockerfile").read_text(), re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    assert sources and [s for s in sources if not (DEPLOYMENTS.parent / s).exists()] == []
