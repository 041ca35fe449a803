"""Make ``.venv`` fit for use: ``python3 tools/set_up.py core`` (or ``app``, ``dev``, ``bench``).

Needs nothing but Python 3.11. The environment holds exactly what the hashed
lock file names, and this project as an editable install. A stamp says what is
installed, so that a second run has nothing to do; a lock keeps two runs apart.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "twofold-stamp.json"
PIP = (str(PYTHON), "-m", "pip")
QUIETLY = ("--quiet", "--disable-pip-version-check")
# Each holds all of the one before it.
LOCKS = {
    "core": ROOT / "requirements.lock",
    "app": ROOT / "requirements-app.lock",
    "dev": ROOT / "requirements-dev.lock",
    "bench": ROOT / "requirements-bench.lock",
}


def main(kind: str) -> None:
    with one_at_a_time():
        if not is_ready(kind):
            set_up(kind)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other run is setting up this folder."""
    path = ROOT / ".cache" / "set-up.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_ready(kind: str) -> bool:
    """Whether the stamp names these very files; what suits ``bench`` suits ``dev`` and ``core``."""
    stamp, kinds = read_stamp(), list(LOCKS)
    return any(stamp == stamp_of(wider) for wider in kinds[kinds.index(kind) :])


def set_up(kind: str) -> None:
    begun = time.monotonic()
    if not can_be_kept(read_stamp()):
        make_venv()
    print(f"Setting up .venv ({kind}) …", flush=True)
    install(LOCKS[kind], is_compiled=kind != "core")
    write_stamp(stamp_of(kind))
    print(f"Set up in {time.monotonic() - begun:.1f} s.", flush=True)


def can_be_kept(stamp: dict[str, str]) -> bool:
    """Whether what is there came from the same lock files, so that more can be added to it."""
    want = stamp_of("core")
    return PYTHON.exists() and all(stamp.get(name) == want[name] for name in ("place", "locks"))


def stamp_of(kind: str) -> dict[str, str]:
    return {
        "kind": kind,
        "place": f"{ROOT} {sys.version}",  # an environment cannot be moved
        "locks": digest(*LOCKS.values()),
        "project": digest(ROOT / "pyproject.toml"),
    }


def digest(*paths: Path) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def read_stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def write_stamp(stamp: dict[str, str]) -> None:
    """Write the stamp whole or not at all; without one, the next run begins anew."""
    unfinished = STAMP.with_suffix(".part")
    unfinished.write_text(json.dumps(stamp, indent=1))
    os.replace(unfinished, STAMP)


def make_venv() -> None:
    """Make an empty environment; pip goes in only where uv is not on the machine (it takes 7 s)."""
    if VENV.exists():
        shutil.rmtree(VENV)
    if uv_of_the_machine() is not None:
        run(sys.executable, "-m", "venv", "--without-pip", str(VENV))
    else:
        add_pip()


def add_pip() -> None:
    if not has_ensurepip():
        install_from_debian("python3-venv")
    run(sys.executable, "-m", "venv", str(VENV))


def has_ensurepip() -> bool:
    asked = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True)
    return asked.returncode == 0


def install_from_debian(package: str) -> None:
    """Install a Debian package, or say what to install by hand."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"This Python cannot make environments. Install the package {package}, try again.")
    print(f"Installing {package} …", flush=True)
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(*apt, "update", env=env)
    run(*apt, "install", "-y", "--no-install-recommends", package, env=env)


def install(lock: Path, *, is_compiled: bool) -> None:
    """Install the lock's packages and this project: by uv in seconds, or by pip in a minute.

    ``is_compiled`` once, where many programs will import them: each would compile them again
    where Python is told to write no files of its own.
    """
    uv = uv_of_the_machine() or fetched_uv(lock)
    locked = ("--require-hashes", "-r", str(lock))
    here = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))  # needs no network
    if uv is not None:
        by_uv = (uv, "pip", "install", "--quiet", "--python", str(PYTHON))
        compiled = ("--compile-bytecode",) if is_compiled else ()
        if try_run(*by_uv, *compiled, *locked) and try_run(*by_uv, "--offline", *here):
            return
        print("uv could not install; trying pip …", flush=True)
    if not try_run(*PIP, "--version", quiet=True):
        add_pip()
    run(*PIP, "install", *QUIETLY, *locked)
    run(*PIP, "install", *QUIETLY, "--no-index", *here)


def uv_of_the_machine() -> str | None:
    uv = shutil.which("uv")
    return uv if uv is not None and try_run(uv, "--version", quiet=True) else None


def fetched_uv(lock: Path) -> str | None:
    """Fetch the locked uv into the environment by pip, once."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        with tempfile.NamedTemporaryFile("w", suffix=".lock") as only_uv:
            only_uv.write(block_of("uv", lock.read_text()))
            only_uv.flush()
            try_run(*PIP, "install", *QUIETLY, "--require-hashes", "-r", only_uv.name)
    return str(uv) if uv.exists() else None


def block_of(package: str, lock: str) -> str:
    """Give the lines of one package: its pinned version and the hashes under it."""
    lines = lock.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(f"{package}=="))
    rest = (i for i in range(first + 1, len(lines)) if not lines[i].startswith(" "))
    return "\n".join(lines[first : next(rest, len(lines))]) + "\n"


def try_run(*command: str, quiet: bool = False) -> bool:
    try:
        return subprocess.run(command, capture_output=quiet).returncode == 0
    except OSError:
        return False


def run(*command: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env)
    if done.returncode != 0:
        sys.exit(f"This step failed: {' '.join(command)}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit(f"usage: python3 tools/set_up.py {'|'.join(LOCKS)}")
    main(sys.argv[1])
