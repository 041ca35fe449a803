"""Who opens the diary: the passphrase or the printed key, and nobody else."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.entries import NOW, PASSPHRASE, QUICK, note, put

from twofold.errors import DamagedStore, NewerStore, RecordError, StoreError, WrongKey
from twofold.store import locks, recovery
from twofold.store import ring as rings
from twofold.store.opening import change_passphrase, create, is_there, new_recovery_key, open_store
from twofold.store.store import Store

PRINTED = recovery.fresh()


def test_the_passphrase_and_the_recovery_key_open_and_nothing_else_does(folder: Path) -> None:
    store, printed = create(folder, PASSPHRASE, database="", cost=QUICK)
    store.close()
    for secret in (PASSPHRASE, printed, printed.lower().replace("-", " ")):
        open_store(folder, secret, database="").close()
    for secret in ("Correct horse battery staple", PASSPHRASE + " ", "", recovery.fresh()):
        with pytest.raises(WrongKey, match="Nothing was changed"):
            open_store(folder, secret, database="")


def test_real_costs_are_those_of_rfc_9106_and_are_written_beside_what_they_made(
    folder: Path,
) -> None:
    store, _ = create(folder, PASSPHRASE, database="")
    kept = json.loads((folder / "keys.json").read_text())["passphrase"]["argon2id"]
    assert kept == {"rounds": 3, "memory": 65_536, "lanes": 4}
    store.close()
    open_store(folder, PASSPHRASE, database="").close()


def test_an_accent_typed_as_one_letter_or_as_two_is_the_same_passphrase(folder: Path) -> None:
    create(folder, "caf\u00e9 au lait, toujours", database="", cost=QUICK)[0].close()
    open_store(folder, "cafe\u0301 au lait, toujours", database="").close()


def test_another_passphrase_ends_the_old_one_and_leaves_the_recovery_key(folder: Path) -> None:
    store, printed = create(folder, PASSPHRASE, database="", cost=QUICK)
    store.close()
    with pytest.raises(WrongKey):
        change_passphrase(folder, "not the passphrase", "another good passphrase")
    change_passphrase(folder, printed, "another good passphrase")  # it was forgotten
    for secret in ("another good passphrase", printed):
        open_store(folder, secret, database="").close()
    with pytest.raises(WrongKey):
        open_store(folder, PASSPHRASE, database="")


def test_another_recovery_key_ends_the_old_one(folder: Path) -> None:
    store, printed = create(folder, PASSPHRASE, database="", cost=QUICK)
    store.close()
    newer = new_recovery_key(folder, PASSPHRASE)
    open_store(folder, newer, database="").close()
    with pytest.raises(WrongKey):
        open_store(folder, printed, database="")


@pytest.mark.parametrize("words", ["", "short", "x" * 1025])
def test_a_passphrase_too_short_or_endless_makes_no_diary(folder: Path, words: str) -> None:
    with pytest.raises(RecordError, match="8 to 1,024"):
        create(folder, words, database="")
    assert not folder.exists()


@given(place=st.integers(0, 29), letter=st.sampled_from(recovery.LETTERS))
def test_one_wrong_letter_is_noticed_and_its_group_is_named(place: int, letter: str) -> None:
    plain = PRINTED.replace("-", "")
    typed = plain[:place] + letter + plain[place + 1 :]
    expected = () if typed == plain else (place // 5 + 1,)
    assert recovery.mistakes(typed) == expected and recovery.is_one(typed) is (typed == plain)


@given(group=st.integers(0, 5), place=st.integers(0, 3))
def test_two_letters_exchanged_are_noticed(group: int, place: int) -> None:
    letters = list(PRINTED.replace("-", ""))
    at = group * 5 + place
    letters[at], letters[at + 1] = letters[at + 1], letters[at]
    same = letters[at] == letters[at + 1]
    assert recovery.is_one("".join(letters)) is same


@given(st.permutations(range(6)))
def test_groups_out_of_order_are_noticed(order: list[int]) -> None:
    groups = PRINTED.split("-")
    assert recovery.is_one("-".join(groups[i] for i in order)) is (order == sorted(order))


@given(st.text(max_size=60))
def test_any_words_are_a_recovery_key_or_not_and_never_an_error(words: str) -> None:
    assert recovery.is_one(words) in (True, False)
    recovery.looks_like_one(words), recovery.mistakes(words), recovery.as_bytes(words)


def test_what_looks_alike_reads_alike() -> None:
    assert recovery.as_bytes("OIL01-o i l") == recovery.as_bytes("01101-0 1 1")


def test_a_mistyped_recovery_key_is_told_group_by_group(folder: Path) -> None:
    store, printed = create(folder, PASSPHRASE, database="", cost=QUICK)
    store.close()
    wrong = "A" if printed[6] != "A" else "B"
    with pytest.raises(WrongKey, match="group 2"):
        open_store(folder, printed[:6] + wrong + printed[7:], database="")


def test_nothing_that_was_written_and_no_key_can_be_read_in_the_folder(store: Store) -> None:
    person = store.add_person("Quite Unlikely Name")
    store.write(person.id, [put(note("a most unlikely sentence"))], received=NOW)
    store.close()
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    for secret in (b"unlikely", b"Unlikely", b"SQLite format", PASSPHRASE.encode(), b"note"):
        assert secret not in content
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_on_postgresql_no_word_of_an_entry_and_no_name_is_in_the_open(fresh_store: Store) -> None:
    import sqlalchemy as sa

    from twofold.store import schema

    person = fresh_store.add_person("Quite Unlikely Name")
    fresh_store.write(person.id, [put(note("a most unlikely sentence"))], received=NOW)
    with fresh_store.engine.begin() as connection:
        for table in schema.METADATA.sorted_tables:
            for row in connection.execute(sa.select(table)):
                assert b"nlikely" not in b"".join(
                    bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row
                )


def test_each_person_has_a_key_of_their_own(store: Store) -> None:
    ada, bob = store.add_person("Ada"), store.add_person("Bob")
    ring = rings.read(store.folder)
    keys = {ring.key_of(one.id, store._key) for one in (ada, bob)}
    assert len(keys) == 2 and None not in keys
    swapped = rings.replace(ring, people={ada.id: ring.people[bob.id]})
    assert swapped.key_of(ada.id, store._key) is None  # a key opens only for its own person


BROKEN = {
    "nothing in it": b"",
    "no JSON": b"{",
    "another thing": b"[1, 2]",
    "too deep": b"[" * 200_000,
    "no lock": b'{"format": "twofold-keys-1"}',
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_damaged_key_ring_is_a_sentence(store: Store, how: str) -> None:
    store.close()
    (store.folder / "keys.json").write_bytes(BROKEN[how])
    with pytest.raises(DamagedStore, match=r"keys\.json"):
        open_store(store.folder, PASSPHRASE, database="")


@pytest.mark.parametrize("part", ["salt", "sealed", "argon2id"])
def test_a_lock_with_a_damaged_part_never_opens_and_says_so(store: Store, part: str) -> None:
    store.close()
    path = store.folder / "keys.json"
    plain = json.loads(path.read_text())
    for value in ("", "A" * 24, 7, None, {"rounds": 10**9, "memory": 10**9, "lanes": 1}, {"x": 1}):
        plain["passphrase"][part] = value
        path.write_text(json.dumps(plain))
        with pytest.raises((DamagedStore, WrongKey)):
            open_store(store.folder, PASSPHRASE, database="")


def test_a_ring_of_a_newer_program_is_left_alone(store: Store) -> None:
    store.close()
    path = store.folder / "keys.json"
    path.write_text(path.read_text().replace("twofold-keys-1", "twofold-keys-2"))
    before = path.read_bytes()
    with pytest.raises(NewerStore, match="newer"):
        open_store(store.folder, PASSPHRASE, database="")
    assert path.read_bytes() == before


def test_the_ring_of_another_diary_is_refused(tmp_path: Path) -> None:
    for name in "ab":
        create(tmp_path / name, PASSPHRASE, database="", cost=QUICK)[0].close()
    (tmp_path / "a" / "keys.json").write_bytes((tmp_path / "b" / "keys.json").read_bytes())
    with pytest.raises(DamagedStore):
        open_store(tmp_path / "a", PASSPHRASE, database="")


def test_a_second_diary_in_one_folder_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="already"):
        create(store.folder, PASSPHRASE, database="", cost=QUICK)
    assert store.check().is_well


def test_a_making_that_was_cut_short_is_begun_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.replace

    def cut(source: Path, target: Path) -> None:
        if target.name == "diary.db":
            raise KeyboardInterrupt
        whole(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            create(folder, PASSPHRASE, database="", cost=QUICK)
    assert (folder / "keys.json").exists() and not is_there(folder)
    with create(folder, PASSPHRASE, database="", cost=QUICK)[0] as store:
        assert store.check().is_well
    assert not list(folder.glob("*.new*"))


def test_keys_that_a_crash_left_half_written_are_gone_after_the_next_change(store: Store) -> None:
    left = store.folder / "keys.json.0123.new"
    left.write_bytes((store.folder / "keys.json").read_bytes())
    store.add_person("Ada")
    assert not left.exists()


def test_a_wrapped_key_opens_only_for_what_it_is_about() -> None:
    sealed = locks.wrap(b"k" * 32, b"secret", about="this")
    assert locks.unwrap(b"k" * 32, sealed, about="this") == b"secret"
    assert locks.unwrap(b"k" * 32, sealed, about="that") is None
    assert locks.unwrap(b"l" * 32, sealed, about="this") is None
    assert locks.unwrap(b"k" * 32, b"", about="this") is None
