"""``twofold lab``: claims worked out again from open data; a study of one's own files."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from twofold.app.cli.saying import say

if TYPE_CHECKING:
    from twofold.lab.recipe import Recipe
    from twofold.lab.result import Result
    from twofold.lab.steps import Run

DIFFERS = 1
"""The exit code where a stored claim is not what the data give."""

GROUPS = "This is about groups of people, not about you. No clinician has reviewed it yet."


def lab_verb(chosen: argparse.Namespace) -> int:
    """Do one of the lab's acts."""
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "run": _run,
        "explain": _explain,
        "mr": _mr,
        "meta": _meta,
    }
    return acts[chosen.act](chosen)


def _list(chosen: argparse.Namespace) -> int:
    """Tell every claim that the lab makes, and whether it stands."""
    from twofold.knowledge.recomputed import recomputed

    for claim in recomputed().values():
        say(f"{claim.id}  [{claim.stands}]  {claim.says}")
    say(f"\n{len(recomputed())} claims worked out here from open data. {GROUPS}")
    return 0


def _run(chosen: argparse.Namespace) -> int:
    """Work recipes out, tell what changed against the stored claims, write them where asked."""
    from twofold.lab.claims import changes, toml_of
    from twofold.lab.recipe import found, shipped
    from twofold.report.writing import write_whole

    recipes = list(shipped().values()) if chosen.all else [found(name) for name in chosen.recipes]
    runs = [_worked_out(one, chosen, i, len(recipes)) for i, one in enumerate(recipes, 1)]
    rows = [row for one in runs for row in one.claims]
    told = changes(rows, whole=chosen.all)
    if chosen.json:
        plain = [{"recipe": one.recipe.id, "result": one.result.to_plain()} for one in runs]
        say(json.dumps({"runs": plain, "changes": list(told)}, ensure_ascii=False, indent=2))
    else:
        for one in runs:
            say("\n".join([f"{one.recipe.id}: {one.recipe.question}", *one.result.lines(), ""]))
        say("\n".join(told or (f"{len(rows)} claims, none differs from what is stored.",)))
    if chosen.pictures:
        _write_pictures([(one.recipe.id, one.result) for one in runs], Path(chosen.pictures))
    if chosen.write:
        write_whole(Path(chosen.write), toml_of(rows))
        print(f"Written: {chosen.write}", file=sys.stderr)
    return 0


def _explain(chosen: argparse.Namespace) -> int:
    """Work one claim out again and print the chain from data to sentence."""
    from twofold.lab.claims import difference, discovery_rates
    from twofold.lab.recipe import claim_of

    recipe, plan = claim_of(chosen.claim)
    run = _worked_out(recipe, chosen, 1, 1)
    row = next(one for one in run.claims if one["id"] == plan.id)
    differs = difference(row)
    estimate = run.result.estimate(plan.estimate)
    chain = [
        f"question   {recipe.question}",
        *(f"data       {one}" for one in run.data),
        *(f"source     {one.citation} ({one.licence})" for one in recipe.tables.values()),
        f"rows       {run.result.used} used, {len(run.result.left_out)} left out",
        f"method     {recipe.method}",
        f"number     {estimate.line()}" + (f"  ({estimate.scale})" if estimate.scale else ""),
        f"verdict    {run.result.verdict}",
        *(f"note       {one}" for one in run.result.warnings),
        f"claim      {row['says']}",
        f"stands     {plan.stands}",
        f"would change our mind: {plan.would_change}",
        *_among(plan.id, discovery_rates()),
        "The stored row says the same." if not differs else "The stored row differs:",
        *differs,
        GROUPS,
    ]
    if chosen.json:
        plain = {"claim": row, "result": run.result.to_plain(), "differs": list(differs)}
        say(json.dumps(plain, ensure_ascii=False, indent=2, default=str))
    else:
        say("\n".join(chain))
    return DIFFERS if differs else 0


def _among(name: str, rates: Mapping[str, float]) -> tuple[str, ...]:
    """Tell how often chance would make such claims, where the claim has a p-value."""
    if name not in rates:
        return ()
    return (
        f"among all    of {len(rates)} claims with a p-value, those this small "
        f"or smaller would be chance in {100 * rates[name]:.2g} of 100 at most",
    )


def _mr(chosen: argparse.Namespace) -> int:
    """Ask whether an exposure changes an outcome, from two files of one's own."""
    from twofold.lab.mr.study import from_files

    return _tell("mr", from_files(Path(chosen.exposure), Path(chosen.outcome)), chosen)


def _meta(chosen: argparse.Namespace) -> int:
    """Put the trials of one file together."""
    from twofold.lab.meta.study import from_file

    return _tell("meta", from_file(Path(chosen.file)), chosen)


def _worked_out(recipe: Recipe, chosen: argparse.Namespace, number: int, of: int) -> Run:
    from twofold import __version__
    from twofold.lab.sources import data_folder
    from twofold.lab.steps import run

    def tell(step: str) -> None:
        print(f"{number} of {of}: {recipe.id}: {step}", file=sys.stderr)

    made = (__version__, dt.date.today())
    return run(recipe, data_folder(chosen.data), made=made, progress=tell)


def _tell(name: str, result: Result, chosen: argparse.Namespace) -> int:
    if chosen.json:
        say(json.dumps(result.to_plain(), ensure_ascii=False, indent=2))
    else:
        say("\n".join([*result.lines(), "", GROUPS]))
    if chosen.pictures:
        _write_pictures([(name, result)], Path(chosen.pictures))
    return 0


def _write_pictures(results: list[tuple[str, Result]], folder: Path) -> None:
    from twofold.report.writing import write_whole

    folder.mkdir(parents=True, exist_ok=True)
    for recipe, result in results:
        for name, picture in result.pictures.items():
            write_whole(folder / f"{recipe}-{name}.svg", picture)
            print(f"Written: {folder / f'{recipe}-{name}.svg'}", file=sys.stderr)


def add_lab(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``twofold lab`` and its acts to the command line."""
    lab = verbs.add_parser("lab", help="work out claims about groups again, from open data")
    acts = lab.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="every claim that the lab makes")
    run = acts.add_parser("run", help="work recipes out, and tell what changed")
    which = run.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="every recipe that comes with Twofold")
    which.add_argument("recipes", metavar="RECIPE", nargs="*", default=[], help="an id, or a file")
    run.add_argument("--write", metavar="FILE.toml", help="write the claims")
    _add_data(run)
    explain = acts.add_parser("explain", help="the chain from data to one claim")
    explain.add_argument("claim", metavar="CLAIM")
    _add_data(explain)
    mr = acts.add_parser("mr", help="Mendelian randomisation of two files")
    mr.add_argument("--exposure", metavar="FILE", required=True)
    mr.add_argument("--outcome", metavar="FILE", required=True)
    meta = acts.add_parser("meta", help="a meta-analysis of one file of trials")
    meta.add_argument("file", metavar="FILE")
    for one in (run, explain, mr, meta):
        one.add_argument("--json", action="store_true", help="print JSON")
    for one in (run, mr, meta):
        one.add_argument("--pictures", metavar="FOLDER", help="write the pictures as SVG")


def _add_data(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "--data", metavar="FOLDER", help="the folder of open data (default: TWOFOLD_LAB_DATA, data)"
    )
