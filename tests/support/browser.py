"""Chromium without a window, for the pages that a person reads."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 120.0
SETTLE_SECONDS = 2.0
# The pattern behind the page is most of a picture's bytes.
PLAIN = """document.head.appendChild(document.createElement('style')).textContent =
    '.app-router-view { background-image: none !important }'"""
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Page:
    """One tab. What is looked for may still be loading: every look waits."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self._driver = driver

    def open(self, url: str) -> None:
        self._driver.get(url)

    def reload(self) -> None:
        self._driver.refresh()

    @property
    def text(self) -> str:
        """All that the page shows, as a person reads it."""
        return self._driver.find_element(By.TAG_NAME, "body").text

    def wait_for(self, *texts: str) -> None:
        """Until all of them are shown."""
        WebDriverWait(self._driver, PATIENCE, ignored_exceptions=[Exception]).until(
            lambda _: all(text in self.text for text in texts), f"not shown: {texts}"
        )

    def click(self, text: str, *, last: bool = False) -> None:
        """What says exactly this; of several the first, or the last."""
        self._click(f"//*[not(*)][normalize-space()='{text}']", last)

    def press(self, text: str, *, last: bool = False) -> None:
        """A button that says this, beside a picture or not; of several the first, or the last."""
        self._click(f"//button[normalize-space()='{text}']", last)

    def follow(self, text: str) -> None:
        """The first link, or card that is one, with this in its text."""
        self._click(f"//a[contains(normalize-space(), '{text}')]", False)

    def _click(self, path: str, last: bool) -> None:
        def found(driver: webdriver.Chrome) -> WebElement | None:
            shown = [one for one in driver.find_elements(By.XPATH, path) if one.is_displayed()]
            return shown[-1 if last else 0] if shown else None

        element = WebDriverWait(self._driver, PATIENCE, ignored_exceptions=[Exception]).until(found, f"no {path}")
        self._driver.execute_script("arguments[0].click()", element)

    def picture(self, path: Path, height: int) -> int:
        """As if the window were so high; its size in bytes."""
        self._driver.execute_script(PLAIN)
        usual = self._driver.get_window_size()
        self._driver.set_window_size(usual["width"], height)
        time.sleep(SETTLE_SECONDS)  # what is drawn on a canvas has no text to wait for
        path.parent.mkdir(parents=True, exist_ok=True)
        self._driver.save_screenshot(str(path))
        self._driver.set_window_size(usual["width"], usual["height"])
        return path.stat().st_size


@contextmanager
def opened_browser(width: int = 1500, height: int = 1100) -> Iterator[Page]:
    """Debian's Chromium and its driver, as `make servers` installs them."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert program and driver, "no chromium here: `make servers` installs it"
    with tempfile.TemporaryDirectory(prefix="ecp-browser-", ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = program
        for flag in (*QUIET, f"--window-size={width},{height}", f"--user-data-dir={profile}"):
            options.add_argument(flag)
        running = webdriver.Chrome(options=options, service=Service(driver))
        try:
            yield Page(running)
        finally:
            running.quit()
