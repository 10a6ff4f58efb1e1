"""Prefect's own command in a process that looks for cycles of garbage seldom: by default a twentieth of the server's
processor time goes into that."""

from __future__ import annotations

import gc
import runpy

SELDOM = (10_000, 10, 10)


def main() -> None:
    gc.set_threshold(*SELDOM)
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
