"""The review: what must be said and what is known at once, what the days suggest when ready."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from twofold.app.web.day_reading import begins
from twofold.app.web.gate import Door, Visit
from twofold.app.web.jobs import Asked, Job, Key, jobs_of
from twofold.app.web.medicine_entries import medicines_of
from twofold.app.web.medicines import running
from twofold.app.web.pages import page, theme_of, to
from twofold.app.web.safety import case_answers, country_of, with_flag
from twofold.intake.case_file import case_of
from twofold.pipeline import STEPS, facts_only
from twofold.report import html
from twofold.report.report import Report
from twofold.store.glances import stamp

router = APIRouter()
FORMS = {"html": "text/html", "txt": "text/plain", "json": "application/json"}


@router.get("/review")
def review(request: Request, visit: Door) -> Response:
    """Show what is known, and how far the rest is; it begins by itself."""
    if begins(visit) is None:
        return page(request, "review_empty.html.jinja", visit)
    known = facts_of(request, visit)
    job = current(request, visit)
    if job is None:
        job = jobs_of(visit.store).begin(visit.person.id, asked(request, visit))
    return page(
        request,
        "review.html.jinja",
        visit,
        report=known,
        is_weekly=visit.setting("evening") == "week",
        is_forecast_off=visit.setting("forecast") is False,
        **_progress(job),
    )


@router.get("/review/progress")
def progress(request: Request, visit: Door) -> Response:
    """Return how far the review is, for the page that waits."""
    job = current(request, visit)
    if job is None:
        return to("/review")
    return page(request, "review_progress.html.jinja", visit, **_progress(job))


@router.post("/review/start")
def start(request: Request, visit: Door) -> Response:
    """Begin the review again after it was stopped."""
    jobs_of(visit.store).begin(visit.person.id, asked(request, visit))
    return to("/review")


@router.post("/review/stop")
def stop(visit: Door) -> Response:
    """Stop the review; what is known stays."""
    jobs_of(visit.store).stop(visit.person.id)
    return to("/review")


@router.get("/review/report")
def report(request: Request, visit: Door) -> Response:
    """Show the finished report as the page that it is, in the chosen light."""
    job = current(request, visit)
    if job is None or job.report is None:
        return to("/review")
    text = html.in_theme(html.render(as_chosen(visit, job.report)), theme_of(request, visit))
    return HTMLResponse(text, headers={"content-security-policy": policy_of(text)})


@router.get("/review/report.{form}")
def download(request: Request, visit: Door, form: str) -> Response:
    """Hand the finished report over as a file."""
    job = current(request, visit)
    if job is None or job.report is None or form not in FORMS:
        return to("/review")
    told = as_chosen(visit, job.report)
    made = {"html": told.to_html, "txt": told.to_text, "json": told.to_json}
    name = f"twofold-report-{visit.today}.{form}"
    return Response(
        made[form](),
        media_type=f"{FORMS[form]}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def as_chosen(visit: Visit, report: Report) -> Report:
    """Return a report without tomorrow's forecast where the person switched it off."""
    if visit.setting("forecast") is not False:
        return report
    return replace(report, cards=tuple(one for one in report.cards if one.topic != "tomorrow"))


def current(request: Request, visit: Visit) -> Job | None:
    """Return the review of the diary as it stands today."""
    return jobs_of(visit.store).of(visit.person.id, _key(request, visit))


def facts_of(request: Request, visit: Visit) -> Report:
    """Return the report without what the days suggest."""
    key = _key(request, visit)

    def make() -> Report:
        told = asked(request, visit)
        return facts_only(
            told.diary,
            today=told.today,
            case=told.case,
            country=told.country,
            listed=told.listed,
        )

    return jobs_of(visit.store).facts(visit.person.id, key, make)


def asked(request: Request, visit: Visit) -> Asked:
    """Return what the review of this person is asked about."""
    return Asked(
        _key(request, visit),
        visit.diary(),
        visit.today,
        case_of(with_flag(visit, case_answers(visit))),
        country_of(request, visit),
        tuple(running(visit, medicines_of(visit))),
    )


def policy_of(text: str) -> str:
    """Return the policy for a report: nothing but the styles that it was written with.

    A report holds no script at all. Its pictures carry their own styles, also as attributes;
    each is named here by its hash, so that no other style holds.
    """
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    attributes = [unescape(one) for one in re.findall(r'<svg\b[^>]*? style="([^"]*)"', text)]
    named = " ".join(f"'{_hash(one)}'" for one in dict.fromkeys((*styles, *attributes)))
    return (
        f"default-src 'none'; style-src 'unsafe-hashes' {named}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(style: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"


def _key(request: Request, visit: Visit) -> Key:
    return (
        stamp(visit.store, visit.person.id),
        visit.today,
        country_of(request, visit),
    )


def _progress(job: Job) -> dict[str, Any]:
    begun = [step for step in STEPS if step in job.steps]
    return {
        "job": job,
        "steps": [
            (step, "done" if step in begun[:-1] else "now" if step in begun else "to come")
            for step in STEPS
        ],
        "done": len(begun[:-1]) if job.state == "running" else len(begun),
    }
