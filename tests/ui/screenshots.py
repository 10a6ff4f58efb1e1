"""Pictures of the Prefect UI for docs/operating.md: `python -m tests.ui.screenshots docs/images`.

Brings up a platform with the demo enterprise (or takes the one that `TEST_ENTERPRISE` names), asks as several people,
takes the graph away and gives it back, and presses Retry.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ecp.platform.manager import Platform
from tests.acceptance.test_numbers import FINANCE
from tests.support.browser import Page, opened_browser
from tests.support.enterprise import Enterprise, some_enterprise, wait_until_live
from tests.support.platform import EVERYTHING
from tests.support.rest import Answer, Rest, client_of
from tests.support.worker import Worker

SIZE = (1280, 940)
HEIGHTS = {"runs": 1400, "degraded": 960, "red-stage": 520, "artifact": 1240, "retried": 1260, "deployments": 780}
MOST_BYTES = 200_000

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("APAC revenue last quarter compared to budget", FINANCE),
    ("revenue by region last year", {"department": "sales", "role": "manager"}),
    ("What is the definition of ARR?", {"department": "product", "role": "analyst"}),
    ("Show me executive compensation data", {"department": "sales", "role": "analyst"}),
    ("revenue in Atlantis last quarter", FINANCE),
)


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    folder = Path(sys.argv[1])
    say("a platform with the demo enterprise")
    with some_enterprise("embedded", EVERYTHING) as enterprise, opened_browser(*SIZE) as page:
        assert enterprise.settings.prefect_api_url
        wait_until_live(enterprise.api_url, enterprise.platform.layout.log("api"))
        worker = Worker(enterprise.settings.prefect_api_url)
        worker.wait_until_deployed()
        with client_of(enterprise.api_url) as client:
            Story(enterprise, Rest(client, enterprise.words), worker, page, folder).tell()
    return 0


class Story:
    def __init__(self, enterprise: Enterprise, rest: Rest, worker: Worker, page: Page, folder: Path) -> None:
        self._platform: Platform = enterprise.platform
        self._rest, self._worker, self._page, self._folder = rest, worker, page, folder

    def tell(self) -> None:
        self._rest.tracked_answer(*QUESTIONS[0])
        for text, asker in QUESTIONS:
            self._rest.ask(text, asker, execute=True)
        answer = self._without_graph()
        run = answer["provenance"]["flow_run_url"]
        self._look(run.split("/runs/")[0] + "/runs", "runs", answer["resolution_id"], "Degraded")
        self._look(run, "degraded", "Degraded", "Without it")
        self._page.click("Task Runs")
        self._page.follow("search_graph")
        self._take("red-stage", "Without it")
        self._page.open(run)
        self._page.click("Artifacts")
        self._page.follow("Resolution ")
        self._take("artifact", "check_authorization")
        self._retry(run, answer["resolution_id"])
        self._look(run.split("/runs/")[0] + "/deployments", "deployments", "rest")

    def _without_graph(self) -> Answer:
        say("taking the graph away")
        self._platform.stop("graph", say)
        try:
            answer = self._rest.tracked_answer("What was churn last quarter?", FINANCE, execute=True)
            self._worker.until(lambda: self._worker.artifacts(answer["provenance"]["flow_run_id"]))
            return answer
        finally:
            self._platform.start("graph", say)

    def _retry(self, run: str, resolution_id: str) -> None:
        say("pressing Retry; a worker starts a process for it")
        self._page.open(run)
        self._page.wait_for("Degraded")
        self._page.press("Retry")
        self._page.wait_for("This will retry")
        self._page.press("Retry", last=True)
        self._page.wait_for(f"{resolution_id}-2", "Completed")
        self._look(run, "retried", f"{resolution_id}-2", "Reused")

    def _look(self, url: str, name: str, *texts: str) -> None:
        self._page.open(url)
        self._take(name, *texts)

    def _take(self, name: str, *texts: str) -> None:
        self._page.wait_for(*texts)
        size = self._page.picture(self._folder / f"{name}.png", HEIGHTS[name])
        assert size <= MOST_BYTES, f"{name}.png has {size} bytes"
        say(f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
