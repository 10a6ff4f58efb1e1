"""What a worker hands on to the runs that it begins."""

from __future__ import annotations

import subprocess
import sys

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
