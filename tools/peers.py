"""Make ``.venv-peers``: what the lab's benchmarks are held against, in an environment of its own.

Its packages want versions that Twofold does not want, so they never share ours.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-peers"
LOCK = ROOT / "requirements-peers.lock"
STAMP = PEERS / "twofold-stamp"
UV = ROOT / ".venv" / "bin" / "uv"


def main() -> int:
    stamp = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == stamp:
        return 0
    print("Setting up .venv-peers …", flush=True)
    python = str(PEERS / "bin" / "python")
    install = ("pip", "install", "--quiet", "--python", python, "--require-hashes", "-r")
    for command in (
        (str(UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(PEERS)),
        (str(UV), *install, str(LOCK)),
    ):
        if subprocess.run(command, env=os.environ).returncode != 0:
            print(f"This step failed: {' '.join(command)}")
            return 1
    STAMP.write_text(stamp)
    return 0


if __name__ == "__main__":
    sys.exit(main())
