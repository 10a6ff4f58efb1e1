"""What a worker hands on to the runs that it begins."""

from __future__ import annotations

from ecp.platform.worker_process import surroundings


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
