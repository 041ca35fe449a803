"""Whatever is written, edited, taken out, sent twice or settled, in any order: a model agrees."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from store.entries import NOW, PASSPHRASE, QUICK, new, note, put

from twofold.store.entry import Change
from twofold.store.opening import create, open_store
from twofold.store.store import Store

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
keeps = st.sampled_from(["mine", "other", "both"])


class Life(RuleBasedStateMachine):
    """One person's diary beside a model of plain lists."""

    place: ClassVar[Path]
    address: ClassVar[str]
    store: ClassVar[Store]

    entries = Bundle("entries")
    sent = Bundle("sent")
    imports = Bundle("imports")

    def __init__(self) -> None:
        super().__init__()
        self.person = self.store.add_person("Ada").id
        self.kept: dict[str, list[Change]] = {}
        self.apart: dict[str, Change] = {}

    # What a person does.

    @rule(target=entries, text=words)
    def writes(self, text: str) -> str:
        change = put(note(text))
        self.send(change, "kept")
        return change.entry

    @rule(target=sent, entry=entries, text=words, looked=st.booleans())
    def edits(self, entry: str, text: str, looked: bool) -> Change:
        base = self.kept[entry][-1].id if looked else None
        change = put(note(text), entry=entry, base=base)
        self.send(change, "kept")
        return change

    @rule(target=sent, entry=entries)
    def takes_out(self, entry: str) -> Change:
        change = put(None, entry=entry, base=self.kept[entry][-1].id)
        self.send(change, "kept")
        return change

    @rule(target=sent, entry=entries, text=st.none() | words, back=st.integers(1, 3))
    def edits_what_a_phone_saw_earlier(self, entry: str, text: str | None, back: int) -> Change:
        versions = self.kept[entry]
        base = versions[max(0, len(versions) - 1 - back)].id
        change = put(None if text is None else note(text), entry=entry, base=base)
        is_new = base == versions[-1].id
        self.send(change, "kept" if is_new else "conflict")
        return change

    @rule(change=sent)
    def sends_again(self, change: Change) -> None:
        self.send(change, "known")

    @precondition(lambda self: self.apart)
    @rule(keep=keeps, which=st.integers(0, 5))
    def settles(self, keep: str, which: int) -> None:
        name = sorted(self.apart)[which % len(self.apart)]
        other = self.apart.pop(name)
        self.store.settle(self.person, name, keep, now=NOW)
        if keep == "other":
            self.kept[other.entry].append(other)
        if keep == "both" and other.body is not None:
            fresh = {one.id for one in self.there()} - set(self.kept)
            self.kept[fresh.pop()] = [other]

    @rule(target=imports, texts=st.lists(words, min_size=1, max_size=3))
    def imports_a_file(self, texts: list[str]) -> str:
        batch = new()
        for text in texts:
            self.send(put(note(text), batch=batch), "kept")
        return batch

    @rule(batch=consumes(imports), text=words)
    def undoes_an_import_after_editing_one_of_it(self, batch: str, text: str) -> None:
        brought = [one for one, line in self.kept.items() if line[0].batch == batch]
        edit = put(note(text), entry=brought[0])
        self.send(edit, "kept")
        assert self.store.undo_batch(self.person, batch, now=NOW) == len(brought) - 1
        for one in brought[1:]:
            self.kept[one].append(put(None, entry=one))

    @rule()
    def closes_and_opens(self) -> None:
        self.store.close()
        type(self).store = open_store(self.place, PASSPHRASE, database=self.address)

    # What must be so.

    @invariant()
    def every_entry_shows_its_newest_version(self) -> None:
        shown = {one.id: (one.body, one.versions) for one in self.there()}
        assert shown == {one: (line[-1].body, len(line)) for one, line in self.kept.items()}

    @invariant()
    def what_is_open_is_what_was_kept_apart(self) -> None:
        assert {one.other.id for one in self.store.conflicts(self.person)} == set(self.apart)

    def teardown(self) -> None:
        for name, line in self.kept.items():
            bodies = [one.body for one in self.store.history(self.person, name)]
            for body in (one.body for one in line):
                bodies.remove(body)  # every version is in the history
        assert self.store.check().is_well
        self.store.erase(self.person)

    def send(self, change: Change, outcome: str) -> None:
        (told,) = self.store.write(self.person, [copy.copy(change)], received=NOW)
        assert (told.change, told.outcome) == (change.id, outcome)
        if outcome == "kept":
            self.kept.setdefault(change.entry, []).append(change)
        if outcome == "conflict":
            self.apart[change.id] = change

    def there(self) -> Any:
        return self.store.entries(self.person, with_out=True)


@pytest.fixture(params=["an encrypted file", "PostgreSQL"])
def life(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[type[Life], int]]:
    address, turns = "", 8
    if request.param == "PostgreSQL":
        fresh: Callable[[], str] = request.getfixturevalue("fresh_database")
        address, turns = fresh(), 4
    store, _ = create(folder, PASSPHRASE, database=address, cost=QUICK)
    kind = type("Life", (Life,), {"place": folder, "address": address, "store": store})
    yield kind, turns
    kind.store.close()


def test_a_diary_and_its_model_agree_whatever_is_done(life: tuple[type[Life], int]) -> None:
    kind, turns = life
    run_state_machine_as_test(
        kind, settings=settings(max_examples=turns, stateful_step_count=25, deadline=None)
    )
