"""The lab in the app: what is worked out here, the map, and a study of one's own files."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from web.conftest import Server
from web_visit import Home, Visitor, readable

from twofold.knowledge.recomputed import recomputed

ANSWERED_AFTER = 120  # seconds, on a machine that does much else


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("lab") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def person(home: Home) -> Visitor:
    return home.someone()


def variants(slope: float | None, seed: int = 5) -> bytes:
    """Twenty invented SNPs as a GWAS-SSF table: of the exposure, or of an outcome at this slope."""
    world, rows = random.Random(7), []
    noise = random.Random(seed)
    for i in range(20):
        beta = world.uniform(0.05, 0.12)
        shown = beta if slope is None else slope * beta + noise.gauss(0, 0.004)
        p = 1e-12 if slope is None else 0.01
        rows.append(f"rs{i + 1}\tA\tG\t0.3\t{shown:.6f}\t0.008\t{p}\t100000")
    head = "rsid\teffect_allele\tother_allele\teffect_allele_frequency\tbeta\tstandard_error\tp_value\tn"
    return "\n".join([head, *rows]).encode()


def begin(person: Visitor, kind: str, **files: bytes) -> Any:
    named = {name: (f"{name}.tsv", content) for name, content in files.items()}
    return person.client.post(f"/lab/study/{kind}", files=named)


def waited(person: Visitor) -> str:
    until = time.monotonic() + ANSWERED_AFTER
    while time.monotonic() < until:
        shown = person.get("/lab/study/progress")
        if "hx-get" not in shown:
            return readable(shown)
        time.sleep(0.1)
    raise AssertionError(f"no answer after {ANSWERED_AFTER} s")


def test_the_page_tells_every_claim_with_how_it_stands_and_its_source(person: Visitor) -> None:
    told = readable(person.get("/lab"))
    assert "about many people, not about you" in told
    for claim in recomputed().values():
        assert claim.says in told and claim.what_would_change_our_mind in told
        assert all(source.title in told for source in claim.sources)


def test_the_map_comes_in_the_chosen_light_and_runs_no_script_but_its_own(person: Visitor) -> None:
    person.client.cookies.set("theme", "attack")
    answer = person.client.get("/lab/map")
    policy = answer.headers["content-security-policy"]
    assert 'data-theme="attack"' in answer.text
    assert "script-src 'sha256-" in policy and "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_two_files_become_a_study_with_numbers_pictures_and_a_file_to_take(person: Visitor) -> None:
    begun = begin(person, "mr", exposure=variants(None), outcome=variants(0.5))
    assert begun.headers["location"] == "/lab/study"
    told = waited(person)
    assert "IVW" in told and "Rows used: 20" in told
    result = json.loads(person.client.get("/lab/study/result.json").content)
    (ivw,) = (one for one in result["estimates"] if one["name"] == "IVW, random effects")
    assert ivw["low"] < 0.5 < ivw["high"]
    names = re.findall(r'href="/lab/study/([^"]+)\.svg"', person.get("/lab/study"))
    assert names and person.client.get(f"/lab/study/{names[0]}.svg").text.startswith("<svg")
    assert not list(person.home.house.folder.rglob("exposure.tsv"))


def test_a_file_that_cannot_be_understood_is_told_with_what_to_try(person: Visitor) -> None:
    begin(person, "mr", exposure=b"mood,day\n3,1\n", outcome=variants(0.5))
    told = waited(person)
    assert "Traceback" not in told and "column" in told


def test_a_missing_file_is_asked_for_and_nothing_begins(person: Visitor) -> None:
    answer = begin(person, "mr", exposure=variants(None))
    assert answer.status_code == 422 and "choose this file, too" in readable(answer.text)
    assert person.client.get("/lab/study").headers["location"] == "/lab"


def test_a_study_is_nobody_elses_and_is_gone_when_it_is_stopped(
    home: Home, person: Visitor
) -> None:
    begin(person, "mr", exposure=variants(None), outcome=variants(0.5))
    other = home.someone()
    assert other.client.get("/lab/study").headers["location"] == "/lab"
    person.post("/lab/study/now/stop")
    assert "stopped" in waited(person)
    assert person.client.get("/lab/study/result.json").headers["location"] == "/lab"


def test_an_unknown_kind_of_study_leads_back(person: Visitor) -> None:
    assert begin(person, "mood", exposure=b"a").headers["location"] == "/lab"


def test_the_map_works_in_a_browser_under_its_policy(visitor: Any, server: Server) -> None:
    complaints: list[str] = []
    visitor.on("console", lambda said: complaints.append(said.text))
    visitor.goto(f"{server.url}/lab/map")
    assert visitor.locator("#choose").is_visible()  # its own script ran
    ground = visitor.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground != "rgba(0, 0, 0, 0)"  # and so did its style
    assert [one for one in complaints if "Content Security Policy" in one] == []
