"""Pictures of the Prefect UI for docs/operating.md: `python -m tests.ui.screenshots docs/images`.

Brings up a platform with the demo enterprise, asks as several people, takes the graph away and gives it back, and
presses Retry.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from ecp.platform.manager import Platform
from tests.acceptance.test_numbers import FINANCE
from tests.support.browser import Page, opened_browser
from tests.support.enterprise import Enterprise, running_enterprise, wait_until_live
from tests.support.platform import EVERYTHING
from tests.support.rest import Answer, Rest, client_of

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
    say("starting a platform with the demo enterprise")
    with running_enterprise("embedded", EVERYTHING) as enterprise, opened_browser() as page:
        wait_until_live(enterprise.api_url, enterprise.platform.layout.log("api"))
        with client_of(enterprise.api_url) as client:
            Story(enterprise, Rest(client, enterprise.words), page, folder).tell()
    return 0


class Story:
    def __init__(self, enterprise: Enterprise, rest: Rest, page: Page, folder: Path) -> None:
        self._platform: Platform = enterprise.platform
        self._rest, self._page, self._folder = rest, page, folder

    def tell(self) -> None:
        for text, asker in QUESTIONS:
            self._rest.ask(text, asker, execute=True)
        answer = self._without_graph()
        run = answer["provenance"]["flow_run_url"]
        self._look(run.split("/runs/")[0] + "/runs", "runs", answer["resolution_id"], "Degraded")
        self._look(run, "degraded", "Degraded", "11 Task runs")
        self._page.click("Task Runs")
        self._page.follow("search_graph")
        self._take("red-stage", "Without it")
        self._page.open(run)
        self._page.click("Artifacts")
        self._page.follow("resolution-")
        self._take("artifact", "check_authorization")
        self._retry(run)
        self._look(run.split("/runs/")[0] + "/deployments", "deployments", "rest")

    def _without_graph(self) -> Answer:
        say("taking the graph away")
        self._platform.stop("graph", say)
        try:
            return self._tracked("What was churn last quarter?")
        finally:
            self._platform.start("graph", say)

    def _tracked(self, text: str) -> Answer:
        while True:
            answer = self._rest.answer(text, FINANCE, execute=True)
            if answer["provenance"]["flow_run_url"]:
                return answer
            time.sleep(1)

    def _retry(self, run: str) -> None:
        say("pressing Retry; a worker starts a process for it")
        self._page.open(run)
        self._page.wait_for("Degraded")
        self._page.click("Retry")
        self._page.click("Retry", last=True)
        self._page.wait_for("Completed")
        self._look(run, "retried", "Completed")

    def _look(self, url: str, name: str, *texts: str) -> None:
        self._page.open(url)
        self._take(name, *texts)

    def _take(self, name: str, *texts: str) -> None:
        self._page.wait_for(*texts)
        time.sleep(2)  # what is drawn on a canvas has no text to wait for
        self._page.picture(self._folder / f"{name}.png")
        say(f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
