"""A real server: its address, its certificate, its port, its lock, and how it ends."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from conftest import not_run
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from store.entries import QUICK

from twofold.app.cli.main import main
from twofold.app.web.house import READY
from twofold.app.web.serving import Address, check
from twofold.errors import TwofoldError
from twofold.store.accounts import Accounts
from twofold.store.opening import create
from twofold.store.second_factors import SecondFactors

DIARY = "four grey herons by a lake"
OWN = "violet ladder ostrich cement"
SERVE = [sys.executable, "-m", "twofold", "serve"]


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def none_is_left_running() -> Iterator[None]:
    """End what a test that failed left behind."""
    yield
    for process in STARTED:
        process.kill()
        process.wait(timeout=30)
    STARTED.clear()


@dataclass
class Running:
    """A server of its own process; ``said`` is what it printed."""

    url: str
    process: subprocess.Popen[str]
    said: list[str]

    def end(self, how: int = signal.SIGTERM) -> int:
        """Tell it to end, and return its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def started(*options: str, **environment: str) -> Running:
    """Start a server on a port of the system's choice, and wait until it listens."""
    process = subprocess.Popen(
        [*SERVE, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
    )
    STARTED.append(process)
    assert process.stdout is not None
    said = [process.stdout.readline()]
    found = re.search(r"open at (\S+?)/? \(", said[0])
    if found is None:
        pytest.fail(said[0] + process.stdout.read())
    if "--public" in options:
        said.append(process.stdout.readline())
    out = process.stdout
    threading.Thread(target=lambda: said.extend(out), daemon=True).start()
    port = re.search(r"port (\d+), for the proxy", said[-1])
    running = Running(found[1], process, said)
    wait_for(int(port[1]) if port else httpx.URL(running.url).port or 0)
    return running


def wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server did not answer")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A diary with one person in it."""
    store, _ = create(tmp_path / "diary", DIARY, database="", cost=QUICK)
    store.add_person("you")
    store.close()
    return tmp_path / "diary"


def sent(client: Any, path: str, **form: str) -> Any:
    """Send a form as a page of the server would."""
    own = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    return client.post(path, data=form, headers=own)


def refused(capsys: Any, *options: str) -> str:
    """Run ``twofold serve`` that cannot begin, and return the sentence that it prints."""
    assert main(["serve", *options]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "Traceback" not in told.err
    return str(told.err)


def test_one_folder_has_one_server_and_the_second_says_so(folder: Path, capsys: Any) -> None:
    first = started("--folder", str(folder))
    said = refused(capsys, "--folder", str(folder), "--port", "0")
    assert "another Twofold server has this diary open. Use that one, or stop it first." in said
    assert first.end() == 0
    assert started("--folder", str(folder)).end() == 0  # the lock went with it


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_without_an_error_and_keeps_what_was_written(
    folder: Path, how: int
) -> None:
    running = started("--folder", str(folder))
    with httpx.Client(base_url=running.url) as client:
        sent(client, "/open", passphrase=DIARY)
        assert sent(client, "/attack").status_code == 303
    assert running.end(how) == 0
    assert attacks_in(folder) == 1


def test_a_port_that_is_taken_is_a_sentence(folder: Path, capsys: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused(capsys, "--folder", str(folder), "--port", port)
    assert f"another program already listens on port {port}." in said and "--port 8266" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--port", "99999"], "99999 is not a port."),
        (["--host", "192.0.2.1"], "this machine has no such address."),
        (["--public", "diary.example"], "is not an address of a site."),
        (["--public", "https://diary.example/path"], "is not an address of a site."),
        (["--public", "https://diary.example:x"], "is not an address of a site."),
        (["--tls", "nowhere.pem", "nowhere.key"], "this certificate and key cannot be used"),
        (["--sample", "--host", "0.0.0.0"], "only this machine may reach it."),
    ],
)
def test_an_address_that_cannot_be_served_is_a_sentence(
    tmp_path: Path, capsys: Any, options: list[str], says: str
) -> None:
    folder = [] if "--sample" in options else ["--folder", str(tmp_path / "diary")]
    assert says in refused(capsys, *folder, *options)


def test_a_certificate_and_a_key_that_do_not_belong_together_are_a_sentence(tmp_path: Path) -> None:
    one, other = certificate(tmp_path / "one"), certificate(tmp_path / "other")
    with pytest.raises(TwofoldError, match="cannot be used"):
        check(Address(certificate=one[0], key=other[1]))
    check(Address(certificate=one[0], key=one[1]))


@pytest.mark.parametrize(
    ("address", "is_local", "is_encrypted"),
    [
        (Address(), True, False),
        (Address("localhost"), True, False),
        (Address("::1"), True, False),
        (Address("0.0.0.0"), False, False),
        (Address("192.168.0.7"), False, False),
        (Address(public="https://diary.example"), False, True),
        (Address(names=("diary.example",)), False, False),
        (Address("0.0.0.0", certificate="c", key="k"), False, True),
    ],
)
def test_a_server_that_others_can_reach_is_never_taken_for_a_local_one(
    address: Address, is_local: bool, is_encrypted: bool
) -> None:
    assert (address.is_local, address.is_encrypted) == (is_local, is_encrypted)


@pytest.mark.parametrize("how", [["--host", "0.0.0.0"], ["--public", "https://diary.example"]])
def test_without_a_second_factor_others_are_not_served_and_the_steps_are_told(
    folder: Path, capsys: Any, how: list[str]
) -> None:
    said = refused(capsys, "--folder", str(folder), "--port", "0", *how)
    assert "it has no account with a second factor yet." in said
    assert "1. Run `twofold serve --account`" in said and "2. Start the server again" in said


def test_the_note_beside_the_diary_lets_nobody_in(folder: Path, tmp_path: Path) -> None:
    """Who forges it starts a server at which nobody can sign in."""
    (folder / READY).write_text("forged")
    pair = certificate(tmp_path / "tls")
    running = started("--folder", str(folder), "--host", "0.0.0.0", "--tls", *pair)
    with over_tls(running, pair[0]) as client:
        sent(client, "/open", passphrase=DIARY)
        sent(client, "/open", name="you", passphrase=DIARY)
        assert client.get("/account").headers["location"] == "/open"
    running.end()


# An account at the terminal, then https.


def at_the_terminal(folder: Path) -> tuple[str, str]:
    """Answer what ``twofold serve --account`` asks; return the app's secret and what was printed."""
    process = subprocess.Popen(
        [*SERVE, "--folder", str(folder), "--account"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{DIARY}\n{DIARY}\nAda\n{OWN}\n{OWN}\n")
    process.stdin.flush()
    printed = ""
    while (found := re.search(r"^  ([A-Z2-7]{32})$", printed, re.MULTILINE)) is None:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    code = pyotp.TOTP(found[1]).at(dt.datetime.now(dt.UTC))
    rest, _ = process.communicate(f"{code}\n", timeout=60)
    assert process.returncode == 0, printed + rest
    return found[1], printed + rest


def test_a_machine_without_a_screen_is_set_up_at_the_terminal_and_then_serves_a_phone_by_https(
    tmp_path: Path, browser: Any
) -> None:
    folder, pair = tmp_path / "diary", certificate(tmp_path / "tls")
    secret, printed = at_the_terminal(folder)
    assert len(re.findall(r"^  [0-9A-Z]{5}-[0-9A-Z]{5}$", printed, re.MULTILINE)) == 10
    assert re.search(r"^  ([0-9A-Z]{5}-){5}[0-9A-Z]{5}$", printed, re.MULTILINE)
    running = started("--folder", str(folder), "--host", "0.0.0.0", "--tls", *pair)
    with over_tls(running, pair[0]) as client:
        assert "max-age" in client.get("/help").headers["strict-transport-security"]
        assert sent(client, "/open", passphrase=DIARY).headers["location"] == "/open"
    url = running.url.replace("0.0.0.0", "localhost")
    by_phone(browser, url, secret)
    running.end()


def by_phone(browser: Any, url: str, secret: str) -> None:
    """Sign in from another device, as a person does."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{url}/")
    page.get_by_label("Your name here").fill("Ada")
    page.get_by_label("Passphrase", exact=True).fill(OWN)
    page.get_by_role("button", name="Open").click()
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)  # the code of now set the app up
    page.get_by_label("Code of your authenticator app").fill(pyotp.TOTP(secret).at(later))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{url}/")
    cookies = {one["name"]: one for one in context.cookies()}
    assert cookies["__Host-twofold"]["secure"] and cookies["__Host-twofold"]["httpOnly"]
    context.close()


def over_tls(running: Running, authority: str) -> Any:
    trust = ssl.create_default_context(cafile=authority)
    url = running.url.replace("0.0.0.0", "localhost")
    return httpx.Client(base_url=url, verify=trust)


def certificate(folder: Path) -> tuple[str, str]:
    """Make a certificate for this machine that signs itself; return its file and its key's."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(secret)
    return str(folder / "cert.pem"), str(folder / "key.pem")


def test_over_plain_http_the_page_says_what_will_not_work(folder: Path) -> None:
    (folder / READY).write_text("set up")
    running = started("--folder", str(folder), "--host", "0.0.0.0")
    url = running.url.replace("0.0.0.0", "127.0.0.1")
    shown = httpx.get(f"{url}/open").text
    assert "This address is not encrypted (http)." in shown
    assert "Writing offline and passkeys do not work here" in shown
    running.end()
    assert "This address is not encrypted" in "".join(running.said)


def test_behind_a_proxy_its_word_about_the_visitor_is_believed_and_nobody_elses(
    folder: Path,
) -> None:
    with_account(folder)
    address = ("--folder", str(folder), "--public", "https://diary.example")
    for proxy, seen in (("127.0.0.1", "203.0.113.5"), ("198.51.100.1", "127.0.0.1")):
        running = started(*address, "--proxy", proxy)
        port = re.search(r"port (\d+), for", running.said[1])[1]  # type: ignore[index]
        told = {"host": "diary.example", "origin": "https://diary.example"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=told) as client:
            client.headers["x-forwarded-for"] = "203.0.113.5"
            client.headers["x-forwarded-proto"] = "https"
            client.post("/open", data={"passphrase": DIARY})
            client.post("/open", data={"name": "ada", "passphrase": "wrong"})
        running.end()
        assert seen in addresses_in(folder)


def test_a_passphrase_in_a_file_opens_the_diary_when_the_server_starts(
    folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{DIARY}\n")
    running = started("--folder", str(folder), TWOFOLD_PASSPHRASE_FILE=str(secret))
    with httpx.Client(base_url=running.url) as client:
        shown = client.get("/open").text
        assert client.get("/").headers["location"] == "/open"  # open is not signed in
    assert "Open your diary" in shown
    running.end()


def test_the_sample_is_tagged_on_every_page_and_gone_at_the_end(tmp_path: Path) -> None:
    running = started("--sample", TMPDIR=str(tmp_path))
    assert [one.name[:14] for one in tmp_path.iterdir()] == ["twofold-sample"]
    with httpx.Client(base_url=running.url) as client:
        assert sent(client, "/open").headers["location"] == "/"
        for path in ("/", "/open", "/help", "/account", "/settings"):
            assert "Sample: invented days" in client.get(path).text, path
    assert running.end() == 0
    assert list(tmp_path.iterdir()) == []


def test_serve_help_loads_neither_the_store_nor_the_pages() -> None:
    code = (
        "import sys\nfrom twofold.app.cli.main import parser\n"
        "parser().parse_args(['serve'])\n"
        "print([n for n in sys.modules if n.split('.')[0] in ('sqlalchemy', 'fastapi', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


# What is damaged, newer or read-only is told at the door.


def test_a_damaged_database_is_told_at_the_door_with_what_to_do(folder: Path) -> None:
    path = folder / "diary.db"
    path.write_bytes(b"\x00" * path.stat().st_size)
    running = started("--folder", str(folder))
    with httpx.Client(base_url=running.url) as client:
        answer = sent(client, "/open", passphrase=DIARY)
    assert answer.status_code == 409
    assert "The database is damaged" in answer.text and "twofold restore" in answer.text
    running.end()


def test_a_key_ring_that_is_gone_is_told_at_the_door(folder: Path) -> None:
    (folder / "keys.json").unlink()
    running = started("--folder", str(folder))
    with httpx.Client(base_url=running.url) as client:
        answer = sent(client, "/open", passphrase=DIARY)
    assert answer.status_code == 409 and "keys.json" in answer.text
    running.end()


def test_a_diary_of_a_newer_twofold_is_left_alone_and_told(folder: Path) -> None:
    from twofold.store.opening import open_store

    store = open_store(folder, DIARY, database="")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    running = started("--folder", str(folder))
    with httpx.Client(base_url=running.url) as client:
        answer = sent(client, "/open", passphrase=DIARY)
    assert answer.status_code == 409
    assert "A newer Twofold wrote this diary" in answer.text
    running.end()


# Without any network.

ALONE = """
import fcntl, socket, struct, subprocess, sys
with socket.socket() as one:  # the one interface of this namespace is switched on
    fcntl.ioctl(one, 0x8914, struct.pack("16sH14s", b"lo", 1 | 8, b""))
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    sys.exit("there is a network")
except OSError:
    pass
serve = [sys.executable, "-u", "-m", "twofold", "serve", "--port", "8265", "--folder", sys.argv[1]]
server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
server.stdout.readline()
import httpx, time
own = {"origin": "http://127.0.0.1:8265", "sec-fetch-site": "same-origin"}
with httpx.Client(base_url="http://127.0.0.1:8265", headers=own, timeout=60) as client:
    for _ in range(100):
        try:
            client.post("/open", data={"passphrase": sys.argv[2]})
            break
        except httpx.ConnectError:
            time.sleep(0.1)
    assert client.post("/attack").status_code == 303
server.terminate()
sys.exit(server.wait(30))
"""


def test_an_attack_is_logged_where_there_is_no_network_at_all(folder: Path) -> None:
    alone = ["unshare", "--map-root-user", "--net"]
    try:
        if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
            not_run("needs a system that lets a program leave its network (unshare --net)")
    except FileNotFoundError:
        not_run("needs the program unshare")
    command = [*alone, sys.executable, "-c", ALONE, str(folder), DIARY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert attacks_in(folder) == 1


def with_account(folder: Path) -> str:
    """Give the person an account and an authenticator app; return its secret."""
    from twofold.store.opening import open_store

    store, now = open_store(folder, DIARY, database=""), dt.datetime.now(dt.UTC)
    person, secret = store.people()[0].id, pyotp.random_base32()
    Accounts(store).make(person, "Ada", OWN, now=now)
    factors = SecondFactors(store)
    assert factors.try_app(person, secret, pyotp.TOTP(secret).at(now), now=now)
    store.close()
    (folder / READY).write_text("set up")
    return secret


def attacks_in(folder: Path) -> int:
    from twofold.store.opening import open_store

    with open_store(folder, DIARY, database="") as store:
        return len(store.entries(store.people()[0].id, kinds=("attack",)))


def addresses_in(folder: Path) -> set[str]:
    from twofold.store.door_log import DoorLog
    from twofold.store.opening import open_store

    with open_store(folder, DIARY, database="") as store:
        decisions = DoorLog(store).of(store.people()[0].id, nobody_too=True)
        return {one.address for one in decisions}
