"""What goes wrong with disks and databases is a sentence with a remedy, and loses nothing."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from store.entries import NOW, PASSPHRASE, QUICK, note, put

from twofold.errors import (
    DamagedStore,
    NewerStore,
    StoreBusy,
    StoreError,
    StoreFull,
    TwofoldError,
)
from twofold.store import durable
from twofold.store import engine as engines
from twofold.store.opening import create, is_there, open_store
from twofold.store.store import Store

NOBODY = 65534


def test_every_single_flipped_byte_of_the_database_is_noticed_or_changes_nothing(
    store: Store,
) -> None:
    person = store.add_person("Ada").id
    store.write(person, [put(note(str(number))) for number in range(40)], received=NOW)
    whole = store.entries(person)
    store.close()
    path = store.folder / "diary.db"
    content = path.read_bytes()
    rng = random.Random(5)
    noticed = 0
    for place in [0, 20, 100, *(rng.randrange(len(content)) for _ in range(37))]:
        flipped = bytearray(content)
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        noticed += is_noticed(store.folder, person, whole)
    assert noticed >= 38  # the free page of the file may hold nothing that is read
    path.write_bytes(content)
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert again.check().is_well and again.entries(person) == whole


def is_noticed(folder: Path, person: str, whole: tuple[object, ...]) -> bool:
    """Open a damaged diary: it shows what was kept, or says that it is damaged."""
    try:
        with open_store(folder, PASSPHRASE, database="") as store:
            health = store.check()
            if health.is_well:
                assert store.entries(person) == whole
            return not health.is_well
    except DamagedStore as error:
        assert "twofold restore" in error.sentence()
        return True


@pytest.mark.parametrize("left", [0, 1, 100, 4096, 5000])
def test_a_database_that_was_cut_off_is_a_sentence(store: Store, left: int) -> None:
    store.add_person("Ada")
    store.close()
    os.truncate(store.folder / "diary.db", left)
    with pytest.raises(DamagedStore, match="twofold restore"):
        open_store(store.folder, PASSPHRASE, database="").check()
    assert (store.folder / "diary.db").stat().st_size == left  # left as it was found


def test_a_database_that_is_gone_is_not_made_anew(store: Store) -> None:
    store.close()
    (store.folder / "diary.db").unlink()
    assert is_there(store.folder)
    with pytest.raises(DamagedStore, match="gone"):
        open_store(store.folder, PASSPHRASE, database="")
    with pytest.raises(StoreError, match="already"):
        create(store.folder, PASSPHRASE, database="", cost=QUICK)


def test_keys_that_are_gone_are_named_and_the_database_stays(store: Store) -> None:
    store.close()
    (store.folder / "keys.json").unlink()
    assert is_there(store.folder)
    with pytest.raises(DamagedStore, match=r"keys\.json"):
        open_store(store.folder, PASSPHRASE, database="")
    with pytest.raises(StoreError, match="already"):
        create(store.folder, PASSPHRASE, database="", cost=QUICK)


def test_an_empty_database_elsewhere_is_not_taken_for_an_empty_diary(
    folder: Path, fresh_database: object
) -> None:
    assert callable(fresh_database)
    create(folder, PASSPHRASE, database=fresh_database(), cost=QUICK)[0].close()
    with pytest.raises(DamagedStore, match="gone or empty"):
        open_store(folder, PASSPHRASE, database=fresh_database())


def test_a_database_that_does_not_answer_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not answer"):
        create(folder, PASSPHRASE, database=f"postgresql:///x?host={tmp_path}", cost=QUICK)
    with pytest.raises(StoreError, match="not an address"):
        create(folder, PASSPHRASE, database="::", cost=QUICK)


def test_a_diary_of_a_newer_program_is_left_alone(fresh_store: Store) -> None:
    with fresh_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    address = "" if engines.is_embedded(fresh_store.engine) else str(fresh_store.engine.url)
    fresh_store.close()
    with pytest.raises(NewerStore, match="newer Twofold"):
        open_store(fresh_store.folder, PASSPHRASE, database=address)


@pytest.fixture
def impatient(store: Store) -> Iterator[Store]:
    """A store that waits for another program for a moment only."""
    with engines.outside_transactions(store.engine) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    yield store


def test_another_program_that_writes_is_waited_for_and_then_named(impatient: Store) -> None:
    person = impatient.add_person("Ada").id
    with open_store(impatient.folder, PASSPHRASE, database="") as other, other.engine.begin():
        with pytest.raises(StoreBusy, match="another program"):
            impatient.write(person, [put(note("x"))], received=NOW)
        assert impatient.entries(person) == ()  # reading never waits
    impatient.write(person, [put(note("x"))], received=NOW)


def test_a_full_database_says_so_and_keeps_what_was_kept(store: Store) -> None:
    person = store.add_person("Ada").id
    store.write(person, [put(note("kept"))], received=NOW)
    with engines.outside_transactions(store.engine) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreFull, match="disk is full"):
        store.write(person, [put(note("x" * 100_000))], received=NOW)
    with engines.outside_transactions(store.engine) as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert [e.body["text"] for e in store.entries(person)] == ["kept"] and store.check().is_well
    store.write(person, [put(note("x" * 100_000))], received=NOW)


def test_a_limit_on_the_length_of_files_is_told_as_that_and_loses_nothing(store: Store) -> None:
    person = store.add_person("Ada").id
    kept = []
    longest = max(one.stat().st_size for one in store.folder.iterdir())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest + 50_000, before[1]))
    try:
        with pytest.raises(StoreFull, match="may not grow any further") as refused:
            for number in range(100):
                store.write(person, [put(note(f"{number}" + "x" * 50_000))], received=NOW)
                kept.append(number)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "ulimit -f" in refused.value.remedy and "FAT32" in refused.value.remedy
    there = [int(one.body["text"].rstrip("x")) for one in store.entries(person)]
    assert there == kept and len(kept) > 1 and store.check().is_well
    store.write(person, [put(note("x" * 100_000))], received=NOW)


def test_a_file_that_grew_too_long_is_not_told_as_a_full_disk(tmp_path: Path) -> None:
    told = durable.of_system(OSError(errno.EFBIG, "File too large"), tmp_path)
    assert isinstance(told, StoreFull) and "disk is full" not in told.what
    full = durable.of_system(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert "disk is full" in full.what


@pytest.mark.parametrize("most", [0, 1_000, 20_000, 60_000])
def test_a_disk_that_takes_no_more_breaks_no_making_and_no_backup(
    folder: Path, tmp_path: Path, most: int
) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    code = f"""
from pathlib import Path
from twofold.errors import TwofoldError
from twofold.store.opening import create
from twofold.store.locks import Cost
try:
    create(Path({str(folder)!r}), {PASSPHRASE!r}, database="", cost=Cost(1, 64, 1))
except TwofoldError as error:
    assert error.remedy, error
    raise SystemExit(7)
"""
    assert in_a_process(code, limited) == 7
    assert not is_there(folder)
    store, _ = create(folder, PASSPHRASE, database="", cost=QUICK)
    with store:
        assert store.check().is_well


def in_a_process(code: str, before: object) -> int:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        preexec_fn=before,  # type: ignore[arg-type]
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.fixture
def anyones() -> Iterator[Path]:
    """A folder that a program without rights may enter."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def without_rights() -> Iterator[None]:
    """Be somebody who owns nothing, where the tests run as root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(was)


def test_a_folder_that_may_not_be_written_is_a_sentence(
    anyones: Path, without_rights: None
) -> None:
    anyones_own = anyones / "diary"
    if os.getuid() != 0:
        anyones.chmod(0o555)
    with pytest.raises(StoreFull, match="nothing can be written"):
        create(anyones_own, PASSPHRASE, database="", cost=QUICK)


def test_a_file_is_replaced_whole_and_its_old_content_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "file"
    durable.write(path, b"the old content")
    os.link(path, tmp_path / "same")  # the old file by another name, to look into it
    durable.write(path, b"the new content", forget=True)
    assert path.read_bytes() == b"the new content"
    assert b"old" not in (tmp_path / "same").read_bytes()
    with pytest.raises(TwofoldError):
        durable.write(tmp_path / "absent" / "file", b"x")


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "postgresql://u:hidden@[bad/x",
        "mysql://u:hidden@h/x",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="postgresql://user@host/name") as refused:
        create(tmp_path / "diary", PASSPHRASE, database=address, cost=QUICK)
    assert "hidden" not in str(refused.value)
