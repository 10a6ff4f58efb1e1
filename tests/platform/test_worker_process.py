"""What a worker hands on to the runs that it begins."""

from __future__ import annotations

import subprocess
import sys

from ecp.platform.deployments import Mark
from ecp.platform.manager import told_up
from ecp.platform.record import PartRecord
from ecp.platform.worker_process import WATCH_AGAIN_SECONDS, Watching, surroundings


def test_runs_are_configured_by_the_file_beside_the_worker_and_before_that_by_its_environment(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(
        "ECP_NEXT_EMBEDDINGS_MODEL=coming\nECP_NEXT_EMBEDDINGS_KEY=k\nECP_OPA_URL=http://file\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ECP_OPA_URL", "http://environment")
    told = surroundings()
    assert (told["ECP_NEXT_EMBEDDINGS_MODEL"], told["ECP_NEXT_EMBEDDINGS_KEY"]) == ("coming", "k")
    assert told["ECP_OPA_URL"] == "http://environment"
    assert "PATH" in told


API = "http://127.0.0.1:9/api"


def test_a_mark_says_what_was_deployed_where(tmp_path):
    mark, file = Mark.of(tmp_path), tmp_path / "prefect.yaml"
    file.write_text("deployments: []")
    assert not mark.says(API, file)
    mark.write(API, file)
    assert mark.says(API, file) and mark.says(None, file) and not mark.says("http://127.0.0.1:8/api", file)
    file.write_text("deployments: [{}]")
    assert not mark.says(API, file)
    mark.path.write_text("[]")
    assert not mark.says(None, file)


def test_a_worker_that_is_still_deploying_says_so():
    worker = PartRecord(name="worker", url=None, log="w.log", version="3", probe="process:", ready_seconds=5)
    done, still = (list(told_up(worker, 0.04, deployed=deployed)) for deployed in (True, False))
    assert done == ["worker is up (3, 0.0 s)"] == still[:1]
    assert "still deploying" in still[1] and "w.log" in still[1]
    api = worker.model_copy(update={"name": "api"})
    assert len(list(told_up(api, 0.04, deployed=False))) == 1


def test_the_process_that_runs_watches_is_begun_again_alone_but_not_again_and_again_at_once():
    begun = []

    def begin():
        begun.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
        return begun[-1]

    watching = Watching(begin)
    try:
        for _ in range(2):
            watching.go_on()
        assert len(begun) == 1, "it lives"
        begun[0].kill()
        begun[0].wait()
        watching.go_on()
        assert len(begun) == 1, "it has just begun"
        watching.go_on(now=watching._began + WATCH_AGAIN_SECONDS + 1)
        assert len(begun) == 2 and watching.process is begun[1] and begun[1].poll() is None
    finally:
        for process in begun:
            process.kill()
            process.wait()
