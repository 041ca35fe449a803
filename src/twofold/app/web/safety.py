"""The safety page: numbers from the first moment, no sign-in, the same without a network.

Everything that the page can say stands on it from the start, so that it works
without a script and without a network; an answer only leads to its part of the
page. For a signed-in person what happened is kept, and a flag stays open until a
later item 9 of 0 or a named clinician closes it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app import heard
from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, NotAllowed, Visit, visit
from twofold.app.web.keeping import Draft, entry_of, keep, when_now
from twofold.app.web.pages import page, to
from twofold.diary.case import Value
from twofold.diary.item9 import Answered, Item9, NotAsked, answer_of, item9_of
from twofold.errors import TwofoldError
from twofold.facts.answers import Answers
from twofold.facts.scales import score_items
from twofold.intake.case_file import case_of
from twofold.knowledge.crisis_line import (
    CrisisLines,
    crisis_lines,
    line_for_the_young,
    lines_of,
)
from twofold.knowledge.load import wording
from twofold.knowledge.scale import find_scale
from twofold.safety.assess import assess
from twofold.safety.flag import (
    Button,
    Event,
    Item9Answered,
    LeftPage,
    OpenFlag,
    Pressed,
    SafetyFlag,
    Shown,
    Triggered,
    opens,
)
from twofold.safety.kept import answered, to_plain
from twofold.safety.page import Page, State, page_of
from twofold.safety.words import noticed, texts_in

router = APIRouter()

PARTS: dict[Button, str] = {"not_safe": "a", "safe_now": "b", "mistake": "c"}
"""The part of the page to which an answer leads; its name in an address says nothing."""

SAME_VISIT = dt.timedelta(minutes=30)
"""Opening the page again within this time is no new call for help."""

PLAN = ("signs", "coping", "means")
PEOPLE = ("person", "professional")
MOST_PEOPLE = 3
LONG, SHORT = 4_000, 120


@dataclass(frozen=True)
class Call:
    """A number on the page; ``href`` is empty where nothing can be dialled."""

    label: str
    name: str
    number: str
    href: str
    how: str


@dataclass(frozen=True)
class Banner:
    """What stands on the first page while a flag is open, for seven days."""

    calls: tuple[Call, ...]
    asks_again: bool


# --- the page


@router.get("/help")
def help_now(request: Request) -> Response:
    """Show the safety page in its first state, with all that an answer leads to."""
    try:
        here = anyone(request)
        return _help(request, here, _opened(request, here))
    except TwofoldError:  # a full disk or a damaged diary must not hide the numbers
        return _help(request, None, None)


@router.get("/help/offline")
def help_offline(request: Request) -> Response:
    """Show the page as a browser keeps it for when there is no network: nothing of a person."""
    return _help(request, None, None)


@router.post("/help")
def answer(request: Request, form: Filled) -> Response:
    """Take an answer of the page, and lead to its part of it."""
    button = next((one for one in PARTS if one == form.raw("answer")), None)
    if button is None:
        return to("/help")
    with suppress(TwofoldError):
        here = anyone(request)
        if here is not None:
            record(here, Pressed(here.now, button))
    return to(f"/help#{PARTS[button]}")


@router.post("/help/country")
def choose_country(request: Request, form: Filled) -> Response:
    """Keep whose numbers to show: for this browser, and for the person who is signed in."""
    code, led = form.raw("country"), to("/help")
    if code not in crisis_lines():
        return led
    with suppress(TwofoldError):
        here = anyone(request)
        if here is not None:
            here.set("country", code)
    set_cookie(led, request, "country", code)
    return led


def _help(request: Request, here: Visit | None, flag: SafetyFlag | None) -> Response:
    return page(request, "help.html.jinja", here, **help_values(request, here, flag))


def help_values(request: Request, here: Visit | None, flag: SafetyFlag | None) -> dict[str, Any]:
    """Return what the safety page shows, also where another page holds it."""
    country = country_of(request, here)
    told = told_of(request, here, flag)
    safety = assess(told, country=country)
    first = page_of(
        "S1",
        safety.lines_for_help,
        young=safety.young,
        heading=safety.page.heading if safety.page is not None else "",
        opened=safety.triggers,
    )
    assert first is not None
    plan = plan_of(here) if here is not None else {}
    return {
        "told": first,
        "calls": calls_of(safety.lines_for_help, young=safety.young is not None),
        "then": {
            PARTS[name]: _state(state, safety.lines_for_help, has_chosen=has_chosen(plan))
            for name, state in _STATES
        },
        "imported": _imported(here, flag),
        "notice": wording("safety")["page"]["noticed"] if "words" in safety.triggers else "",
        "plan": plan,
        "country": lines_of(country).id,
        "countries": tuple(crisis_lines().values()),
        "calls_in": calls_of,
        "part_of": PARTS,
        "dialled": dialled,
    }


def _imported(here: Visit | None, flag: SafetyFlag | None) -> tuple[dt.date, ...]:
    """Return the days of an import on which stands what holds the flag open: it is not of now."""
    if here is None or not isinstance(flag, OpenFlag):
        return ()
    zone = here.now.tzinfo or dt.UTC
    return heard.days_imported(heard.said_in(here.store, here.person.id, zone), zone)


_STATES: tuple[tuple[Button, State], ...] = (
    ("not_safe", "S2a"),
    ("safe_now", "S2b"),
    ("mistake", "S2c"),
)


def _state(state: State, country: CrisisLines, *, has_chosen: bool) -> Page:
    found = page_of(state, country, has_chosen=has_chosen)
    assert found is not None
    return found


def country_of(request: Request, here: Visit | None) -> str | None:
    """Return whose numbers to show: the person's choice, else this browser's, else not known."""
    chosen = here.setting("country") if here is not None else None
    code = chosen or request.cookies.get("country")
    return str(code) if code in crisis_lines() else None


def calls_of(country: CrisisLines, *, young: bool = False) -> tuple[Call, ...]:
    """Return the numbers of a country, the emergency first, each ready to be dialled."""
    lines = (*country.lines, *((line_for_the_young(),) if young else ()))
    someone = wording("safety")["page"]["someone"]
    return (
        *_emergency(country),
        *(
            Call(someone, line.name, line.number, href_of(line.number, line.how), line.how)
            for line in lines
        ),
    )


def _emergency(country: CrisisLines) -> Iterator[Call]:
    """Give the emergency numbers; where none is known, those of whole regions, each with its own.

    The words of the table are "112 in Europe, 911 in the US and Canada".
    """
    words = wording("safety")["page"]
    for number in country.emergency:
        yield Call(words["emergency"], "", number, href_of(number, words["call"]), words["call"])
    for part in () if country.emergency else words["emergency_regions"].split(", "):
        number, where = part.split(" ", 1)
        name = f"{words['emergency_unknown']}, {where}"
        yield Call(words["emergency"], name, number, href_of(number, words["call"]), words["call"])


def href_of(number: str, how: str) -> str:
    """Return the address behind a number: to call, to write, or to look up.

    >>> href_of("116 123", "call"), href_of("85258", "text the word SHOUT")
    ('tel:116123', 'sms:85258')
    """
    if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", number):
        return f"https://{number}/"
    digits = dialled(number)
    if not digits:
        return ""
    return f"{'sms' if how.startswith('text') else 'tel'}:{digits}"


def dialled(number: str) -> str:
    """Return a person's number as it is dialled.

    >>> dialled("+49 (0) 170-12")
    '+49017012'
    """
    return re.sub(r"[^0-9+*#]", "", number)


# --- what opens it, and the flag


def anyone(request: Request) -> Visit | None:
    """Return the visit of a signed-in person, or ``None``: this page needs nobody."""
    try:
        return visit(request)
    except NotAllowed:
        return None


def record(here: Visit, event: Event) -> None:
    """Keep what happened."""
    here.put("safety_event", {**to_plain(event), "session": here.device})


def flag_of(here: Visit) -> SafetyFlag | None:
    """Return the flag as it stands, ``None`` where nothing ever opened one."""
    return heard.flag_of(here.store, here.person.id, here.now.tzinfo or dt.UTC)


def open_flag(here: Visit) -> OpenFlag | None:
    """Return the flag while it is open."""
    flag = flag_of(here)
    return flag if isinstance(flag, OpenFlag) else None


def look_through(here: Visit, *texts: str | None) -> bool:
    """Look through what a person wrote; words of self-harm open the safety page at once.

    Call it after the text was kept, with what is new in it.

    Returns
    -------
    bool
        Whether the next page must be ``/help``.
    """
    found = any(noticed(text) for text in texts if text)
    if found:
        record(here, Triggered(here.now, "words"))
    return found


def numbers_of(request: Request, here: Visit | None) -> Banner:
    """Return the numbers, for any page that has to show them."""
    return Banner(calls_of(lines_of(country_of(request, here))), asks_again=False)


def came_over(here: Visit, body: Mapping[str, Any], at: dt.datetime) -> None:
    """Hear what was written without a connection, at its own moment.

    An answer that opens a flag stays heard when its entry is taken out later.
    """
    event = answered(body, here.now.tzinfo or dt.UTC, written=at)
    if event is not None and opens(event):
        record(here, event)
    if any(map(noticed, texts_in(body))):
        record(here, Triggered(at, "words"))


def item9_was_answered(here: Visit, number: int) -> bool:
    """Keep an answer to item 9, and return whether the next page must be ``/help``."""
    if number >= 1 or flag_of(here) is not None:
        record(here, Item9Answered(here.now, Answered(number)))
    return number >= 1


def offer_again(here: Visit) -> bool:
    """Return whether the page comes before the first page: once a sign-in, while a flag is open."""
    flag = open_flag(here)
    if flag is None or _has_seen(here, flag):
        return False
    with suppress(TwofoldError):
        _shown(here, flag)
        return True
    return False  # where nothing can be written, it would come for ever


def offer_now(here: Visit) -> None:
    """Keep that the page comes next, whatever was seen before."""
    with suppress(TwofoldError):
        _shown(here, flag_of(here))


def _shown(here: Visit, flag: SafetyFlag | None) -> None:
    """Keep that the page was shown, and for which opening: a newer one is shown again."""
    opened = flag.opened_at.isoformat() if isinstance(flag, OpenFlag) else ""
    plain = to_plain(Shown(here.now))
    here.put("safety_event", {**plain, "session": here.device, "opened": opened})


def _has_seen(here: Visit, flag: OpenFlag) -> bool:
    """Whether this session saw the page since the flag opened, whenever that became known."""
    entries = here.store.entries(here.person.id, kinds=("safety_event",))
    bodies = [one.body for one in entries if one.body is not None]
    mine = [one for one in bodies if one.get("session") == here.device]
    opened = flag.opened_at.isoformat()
    return any(one.get("event") == "shown" and one.get("opened") == opened for one in mine)


def safety_banner(here: Visit, request: Request) -> Banner | None:
    """Return what stands on the first page while a flag is open, or ``None``.

    A page that was left without an answer counts as "safe now", never as a mistake.
    """
    flag = open_flag(here)
    if flag is None:
        return None
    if flag.page == "S1":
        with suppress(TwofoldError):
            record(here, LeftPage(here.now))
    if not flag.shows_banner(here.now):
        return None
    return Banner(calls_of(lines_of(country_of(request, here))), flag.asks_again)


def page_was_shown(here: Visit) -> bool:
    """Return whether the page was shown since the flag opened; a result waits until then."""
    flag = open_flag(here)
    if flag is None:
        return True
    return any(
        isinstance(event, (Shown, Pressed, LeftPage)) and event.at >= flag.opened_at
        for event in flag.events
    )


def with_flag(here: Visit, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a case as the flag stands: while it is open, the page comes first.

    What closed it came later than the answer in the case, and holds in its place: the 0,
    or after a clinician's review that item 9 is to be asked anew.
    """
    flag = flag_of(here)
    if isinstance(flag, OpenFlag):
        return {**answers, "safety_flag_open": True}
    if flag is None or not _opened_it(item9_of(answers.get("item9"))):
        return dict(answers)
    others = {name: told for name, told in answers.items() if name != "item9"}
    if isinstance(flag.by, Item9Answered):
        return {**others, "item9": answer_of(flag.by.item9)}
    return others


def _opened_it(item9: Item9) -> bool:
    """Whether an answer to the suicide question opens a flag."""
    match item9:
        case Answered(answer):
            return answer >= 1
    return False


def _is_opened_by_hand(request: Request) -> bool:
    """Whether a person opened this page, not a script or a browser that fetches ahead."""
    is_ahead = request.headers.get("sec-purpose", "") or request.headers.get("purpose", "")
    return not is_ahead and request.headers.get("sec-fetch-dest", "document") == "document"


def _opened(request: Request, here: Visit | None) -> SafetyFlag | None:
    """Keep that the page was opened: as a call for help, unless something else led here."""
    if here is None:
        return None
    flag = flag_of(here)
    if not _is_opened_by_hand(request):
        return flag
    if not isinstance(flag, OpenFlag) or here.now - flag.events[-1].at > SAME_VISIT:
        record(here, Triggered(here.now, "help_now"))
    elif page_was_shown(here) and _has_seen(here, flag):
        return flag
    _shown(here, flag_of(here))
    return flag_of(here)


def told_of(request: Request, here: Visit | None, flag: SafetyFlag | None) -> Answers:
    """Return what the page is worked out from."""
    if here is None:
        is_young = request.cookies.get("young") == "1"
        return Answers.of({"help_now": True, "age": 17 if is_young else None})
    known: dict[str, Value | None] = {"help_now": True, **_of_case(here)}
    if isinstance(flag, OpenFlag):
        known["noticed_words"] = True if flag.trigger == "words" else None
        known["phq9"] = _last_total(here)
    return Answers(known, flag.item9 if isinstance(flag, OpenFlag) else NotAsked())


def _of_case(here: Visit) -> dict[str, Value | None]:
    answers = case_answers(here)
    return {name: answers[name] for name in ("age", "past_attempt") if name in answers}


def case_answers(here: Visit) -> dict[str, Any]:
    """Return what the person answered beside the diary; nothing that does not fit its field."""
    entry = here.store.entry(here.person.id, here.only("case"))
    told = (entry.body or {}).get("answers") if entry is not None else None
    try:
        case_of(told or {})
    except TwofoldError:
        return {}
    return dict(told or {})


def _last_total(here: Visit) -> float | None:
    entries = here.store.entries(here.person.id, kinds=("scale_answer",))
    for one in reversed(entries):
        body = one.body or {}
        if body.get("scale") == "phq9":
            return _total(body)
    return None


def _total(body: Mapping[str, Any]) -> float | None:
    try:
        total = score_items("phq9", body.get("items") or {}).total
    except TwofoldError:
        return None
    return body.get("total") if total is None else total


# --- item 9, asked once more


@router.get("/help/question")
def question(request: Request, here: Door) -> Response:
    """Show the one question that can close a flag."""
    return _question(request, here)


@router.post("/help/question")
def question_answered(request: Request, here: Door, form: Filled) -> Response:
    """Keep an answer to the question; a no closes the flag, anything else opens the page."""
    try:
        number = form.whole("item9", 0, 3)
    except FormError as error:
        return _question(request, here, error)
    if number is None:
        return to("/")
    entry = entry_of(here, here.today, "scale_answer", "phq9")
    there = here.store.entry(here.person.id, entry)
    body = dict(there.body) if there is not None and there.body is not None else {}
    body |= {"scale": "phq9", "items": {**(body.get("items") or {}), "9": number}}
    body.setdefault("when", when_now(here, here.today))
    seen = {entry: there.head} if there is not None else {}
    keep(here, [Draft("scale_answer", entry, body)], seen)
    return to("/help" if item9_was_answered(here, number) else "/")


def _question(request: Request, here: Visit, error: FormError | None = None) -> Response:
    scale = find_scale("phq9")
    item = next(item for item in scale.items if item.is_item9)
    return page(
        request,
        "help_question.html.jinja",
        here,
        status=422 if error else 200,
        scale=scale,
        item=item,
        errors=[error] if error else [],
    )


# --- the person's own plan


@router.get("/plan")
def plan(request: Request, here: Door) -> Response:
    """Show the plan that the person wrote for hard hours."""
    entry = here.store.entry(here.person.id, here.only("safety_plan"))
    return _plan(request, here, plan_of(here), seen=_seen(entry))


@router.post("/plan")
def plan_kept(request: Request, here: Door, form: Filled) -> Response:
    """Keep the plan; nothing in it is required."""
    try:
        written, base = _plan_in(form), form.id("base")
    except FormError as error:
        values = {name: form.raw(name) or "" for name in form.given}
        return _plan(request, here, values, errors=[error], seen=form.raw("base") or "")
    here.put("safety_plan", written, entry=here.only("safety_plan"), base=base)
    return to("/plan")


def plan_of(here: Visit) -> dict[str, str]:
    """Return the plan as it stands, every field a text; empty where nothing was written."""
    entry = here.store.entry(here.person.id, here.only("safety_plan"))
    body = (entry.body or {}) if entry is not None else {}
    return {name: str(body.get(name) or "") for name in _PLAN_FIELDS}


_PLAN_FIELDS = (
    *PLAN,
    *(f"{who}-{n}-{what}" for who in PEOPLE for n in range(MOST_PEOPLE) for what in ("name", "no")),
)


def has_chosen(plan: Mapping[str, str]) -> bool:
    """Return whether somebody stands in the plan to whom a person can turn."""
    return any(text for name, text in plan.items() if name.startswith("person-"))


def _plan_in(form: Form) -> dict[str, str]:
    return {
        name: text
        for name in _PLAN_FIELDS
        if (text := form.text(name, most=LONG if name in PLAN else SHORT))
    }


def _plan(
    request: Request,
    here: Visit,
    written: Mapping[str, str],
    *,
    seen: str,
    errors: list[FormError] | None = None,
) -> Response:
    return page(
        request,
        "plan.html.jinja",
        here,
        status=422 if errors else 200,
        plan=written,
        prompts=page_of("S2b", lines_of(None)),
        seen=seen,
        errors=errors or [],
        people=range(MOST_PEOPLE),
    )


def _seen(entry: Any) -> str:
    return entry.head if entry is not None else ""


def set_cookie(answer: Response, request: Request, name: str, value: str) -> None:
    """Let this browser remember a choice that is no secret, also for who is not signed in."""
    answer.set_cookie(
        name,
        value,
        max_age=365 * 86400,
        path="/",
        samesite="lax",
        secure=request.app.state.house.is_encrypted,
    )
