"""Qt's binding keeps count of None: one that loses a reference with each call ends in an abort."""

from __future__ import annotations

import subprocess
import sys

CALLS = 20_000
# A process of its own, because a binding that loses references takes its process with it.
SCRIPT = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from sixpad.gui.canvas import Canvas
from sixpad.gui.session import Session

application = QApplication([])
session = Session()
canvas, timer = Canvas(session), QTimer()
before = sys.getrefcount(None)
for call in range({CALLS}):
    canvas.update()
    timer.setInterval(call)
    canvas.setToolTip("")
    session.evidence_changed.emit()
print(before - sys.getrefcount(None))
"""


def test_20_000_void_calls_lose_no_reference_to_none() -> None:
    """From Python 3.12 on None is immortal: there it only shows that the process lives on."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < CALLS / 100
