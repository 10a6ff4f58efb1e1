"""What is printed to somebody who has gone ends no command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WORK = """
import sys
from pathlib import Path
from ecp.cli.consoles import console, errors
for at in range(2000):
    console.print("a line of progress", at)
    errors.print("a line beside it", at)
Path(sys.argv[1]).write_text("to its end")
"""


def test_a_command_goes_on_to_its_end_when_nobody_reads_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = tmp_path / "done"
    ended = subprocess.run([sys.executable, "-c", WORK, str(done)], stdout=writing, stderr=writing, timeout=60)
    os.close(writing)
    assert ended.returncode == 0 and done.read_text() == "to its end"
