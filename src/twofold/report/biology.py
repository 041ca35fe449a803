"""The shared-biology map told: as sentences, as one value for scripts, and as one page.

A link without a source is in the value for scripts, marked, and in the view
for clinicians; it is never shown to a person.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal

from twofold.charts import TOKENS
from twofold.errors import TwofoldError
from twofold.knowledge.claim import Source
from twofold.knowledge.mechanism import (
    Correction,
    Edge,
    Node,
    conditions,
    corrections,
    edges,
    node_kinds,
    nodes,
    strengths,
    studies,
)
from twofold.knowledge.recomputed import Recomputed, of_edge, recomputed
from twofold.report.biology_layout import port
from twofold.report.biology_picture import picture, swatch
from twofold.report.writing import write_whole

View = Literal["person", "clinician"]
NOT_FOUND = "not found"
THEMES = ("warm", "dark", "attack", "contrast")
THEME_NAMES = {"warm": "Warm", "dark": "Dark", "attack": "Low light", "contrast": "High contrast"}
STARTS, PASSES, ENDS = "Links from here:", "Links that pass here:", "Links to here:"
NO_LINK = "No link of the map begins or ends here yet."
ELSEWHERE = "When other texts say it more simply:"
HERE = "Worked out here from open data:"
BOUNDS = (
    "This map is about groups of people, not about you. It is not a diagnosis and not advice. "
    "It is not clinically reviewed yet."
)


@dataclass(frozen=True)
class Link:
    """One link of the map in plain words.

    Parameters
    ----------
    id : str
    start, end : str
        The places in words, with what of them is meant.
    nodes : tuple of str
        The ids of all places on its way.
    start_nodes, end_nodes : tuple of str
        The ids of the places in its first and its last step.
    told_of : str
        migraine, depression or both.
    claim, effect, always_say : str
    study, evidence : str
        The kind of evidence in plain words, and in the map's own.
    strength, certainty : str
        One word each; the certainty is the glossary's.
    strength_id : str
        The map's letters.
    is_refuted : bool
        Whether it is refuted or contradicted.
    what_would_change_our_mind : str
    sources : tuple of str
        The citations; empty when none was found.
    source : str
        The same as one sentence, or "not found".
    confidence, confidence_is_for, checked, reviewed : str
    is_shown_to_a_person : bool
    worked_out : tuple of str
        What Twofold's own lab found from open data; empty where the link is only cited.
    """

    id: str
    start: str
    end: str
    nodes: tuple[str, ...]
    start_nodes: tuple[str, ...]
    end_nodes: tuple[str, ...]
    told_of: str
    claim: str
    effect: str
    always_say: str
    study: str
    evidence: str
    strength: str
    certainty: str
    strength_id: str
    is_refuted: bool
    what_would_change_our_mind: str
    sources: tuple[str, ...]
    source: str
    confidence: str
    confidence_is_for: str
    checked: str
    reviewed: str
    is_shown_to_a_person: bool
    worked_out: tuple[str, ...]

    def sentence(self) -> str:
        """Return the link as one line of the terminal."""
        effect = f" Found: {self.effect}." if self.effect else ""
        also = f" {self.always_say}" if self.always_say else ""
        return (
            f"{self.id} {self.start} → {self.end}: {self.claim}{effect}{also} "
            f"{self.strength.capitalize()}: {self.certainty}. Kind: {self.study}. "
            f"Source: {self.source}." + "".join(f" {HERE} {one}" for one in self.worked_out)
        )


@dataclass(frozen=True)
class Place:
    """A place of the map in plain words."""

    id: str
    label: str
    means: str
    pathway: str


@dataclass(frozen=True)
class Biology:
    """The map, or what is near one of its places.

    Parameters
    ----------
    title : str
    node : str
        The place that was asked for; "" for the whole map.
    places : tuple of Place
    links : tuple of Link
        All of them, those without a source too, in the map's order.
    instead : tuple of str
        What the map says where popular articles say something else.
    bounds : str
        What the map is not.
    ids : tuple of str
        The links' ids.
    """

    title: str
    node: str
    places: tuple[Place, ...]
    links: tuple[Link, ...]
    instead: tuple[str, ...]
    bounds: str
    ids: tuple[str, ...]

    def lines(self, *, view: View = "person") -> tuple[str, ...]:
        """Return the map as sentences; a person reads no link without a source."""
        shown = [link for link in self.links if view == "clinician" or link.is_shown_to_a_person]
        held = [link.id for link in self.links if link not in shown]
        body = self._near(shown) if self.node else self._listed(shown)
        return (*body, *_held_lines(held), self.bounds)

    def _listed(self, shown: Sequence[Link]) -> tuple[str, ...]:
        elsewhere = (ELSEWHERE, *self.instead) if self.instead else ()
        return (self.title, *(link.sentence() for link in shown), *elsewhere)

    def _near(self, shown: Sequence[Link]) -> tuple[str, ...]:
        """Tell what starts at the place, what passes it and what ends there."""
        (place,) = (one for one in self.places if one.id == self.node)
        means = f" ({place.means})" if place.means else ""
        ways: dict[str, list[Link]] = {STARTS: [], PASSES: [], ENDS: []}
        for link in shown:
            ways[_way(link, self.node)].append(link)
        told = [
            (words, *(one.sentence() for one in found)) for words, found in ways.items() if found
        ]
        none = () if self.links else (NO_LINK,)
        head = f"{place.label}{means}. Part of: {place.pathway}."
        return (head, *none, *(line for group in told for line in group))


def _way(link: Link, node: str) -> str:
    if node in link.start_nodes:
        return STARTS
    return ENDS if node in link.end_nodes else PASSES


def told(node: str | None = None) -> Biology:
    """Return the whole map, the links near one place, or one link, as plain values.

    Parameters
    ----------
    node : str, optional
        A place by its id or its name, or a link by its id.

    Raises
    ------
    TwofoldError
        When the map has no such place and no such link.
    """
    if node is None:
        elsewhere = tuple(one.instead for one in told_corrections())
        return _told(
            "What migraine and depression share, link by link", edges().values(), elsewhere
        )
    link = edges().get(node.strip().upper())
    if link is not None:
        return _told(f"Link {link.id} of the map", [link])
    at = _found(node)
    near = [edge for edge in edges().values() if edge.touches(at.id)]
    return _told(f"Near {at.label}", near, node=at.id)


def _told(
    title: str, chosen: Iterable[Edge], instead: tuple[str, ...] = (), *, node: str = ""
) -> Biology:
    links = tuple(_link(edge) for edge in chosen)
    near = {one for link in links for one in link.nodes} | ({node} if node else set())
    is_whole = len(links) == len(edges())
    return Biology(
        title=title,
        node=node,
        places=tuple(_place(one) for one in nodes().values() if is_whole or one.id in near),
        links=links,
        instead=instead,
        bounds=BOUNDS,
        ids=tuple(link.id for link in links),
    )


def lines(node: str | None = None, *, view: View = "person") -> tuple[str, ...]:
    """Return the map, or what is near one place, as sentences for the terminal."""
    return told(node).lines(view=view)


def told_corrections() -> tuple[Correction, ...]:
    """Return the corrections that readers need; those of reference lists are for checkers."""
    return tuple(one for one in corrections() if not one.is_about_references)


def _held_lines(held: Sequence[str]) -> tuple[str, ...]:
    if not held:
        return ()
    name, them = ("link names", "it") if len(held) == 1 else ("links name", "them")
    ids = ", ".join(held)
    return (f"{len(held)} more {name} no source yet, and nothing is told of {them}: {ids}.",)


def _found(name: str) -> Node:
    plain = name.strip().casefold()
    named = {node.id.casefold(): node for node in nodes().values()}
    named |= {node.label.casefold(): node for node in nodes().values()}
    if plain in named:
        return named[plain]
    near = get_close_matches(plain, named, n=3)
    words = f"Did you mean: {', '.join(near)}? " if near else ""
    raise TwofoldError(
        f"the map has no place called {name!r}.",
        where="biology",
        remedy=f"{words}Without a name the whole map is told, with all its places.",
    )


def _place(node: Node) -> Place:
    return Place(node.id, node.label, node.means, node_kinds()[node.kind].label)


def _link(edge: Edge) -> Link:
    strength = strengths()[edge.strength]
    return Link(
        id=edge.id,
        start=_start(edge),
        end=_end(edge),
        nodes=tuple(dict.fromkeys(node for step in edge.path for node in step)),
        start_nodes=edge.path[0],
        end_nodes=edge.path[-1],
        told_of=conditions()[edge.condition],
        claim=edge.claim,
        effect=edge.effect,
        always_say=edge.always_say,
        study=studies()[edge.study].label,
        evidence=edge.evidence,
        strength=strength.label,
        certainty=strength.certainty,
        strength_id=edge.strength,
        is_refuted=strength.is_struck,
        what_would_change_our_mind=edge.what_would_change_our_mind,
        sources=tuple(_citation(source) for source in edge.sources),
        source="; ".join(_citation(source) for source in edge.sources) or NOT_FOUND,
        confidence=edge.confidence,
        confidence_is_for=edge.confidence_is_for,
        checked=edge.checked,
        reviewed=edge.reviewed,
        is_shown_to_a_person=edge.has_source,
        worked_out=tuple(one.says for one in of_edge(edge.id)),
    )


def popular_claims() -> tuple[Recomputed, ...]:
    """Return the popular sentences that the data at hand do not support."""
    failed = ("not supported", "refuted")
    return tuple(one for one in recomputed().values() if one.popular and one.stands in failed)


def _start(edge: Edge) -> str:
    """Return the steps before the last one in words: ``"an imbalance of gut microbes"``."""
    first, *between = edge.path[:-1]
    words = _labels(first)
    words = f"{words} ({edge.from_what})" if edge.from_what else words
    return " → ".join([words, *(_labels(step) for step in between)])


def _end(edge: Edge) -> str:
    words = f"{_labels(edge.path[-1])}"
    words = f"{words} ({edge.to_what})" if edge.to_what else words
    return f"{words}, not {_labels(edge.not_to)}" if edge.not_to else words


def _labels(step: Sequence[str]) -> str:
    words = [nodes()[node].label for node in step]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _citation(source: Source) -> str:
    link = "" if source.link == NOT_FOUND else f", {source.link}"
    section = f", {source.section}" if source.section else ""
    return f"{source.title}{section}{link}"


# ------------------------------------------------------------------ the page


def write_page(path: str | Path, *, view: View = "person") -> str:
    """Write the page, whole or not at all, and return it.

    Raises
    ------
    WriteError
        When the file could not be written.
    """
    words = page(view=view)
    write_whole(Path(path), words)
    return words


def page(*, view: View = "person") -> str:
    """Return the map as one self-contained HTML page.

    It loads nothing, works from a file, and without its script shows all. A
    link without a source is drawn and told in the clinician's view alone.

    Parameters
    ----------
    view : {"person", "clinician"}
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    shown = [edge for edge in edges().values() if view == "clinician" or edge.has_source]
    links = {edge.id: _link(edge) for edge in shown}
    room = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    room.lstrip_blocks = True
    script = _resource("biology.js").decode()
    return room.from_string(_resource("biology.html.jinja").decode()).render(
        view=view,
        style=Markup(_style()),
        script=Markup(script),
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        picture=Markup(picture(shown)),
        edges={edge.id: edge for edge in shown},
        links=links,
        strong=sum(edge.strength == next(iter(strengths())) for edge in shown),
        pathways=_pathways(shown),
        refuted=[link for link in links.values() if link.is_refuted],
        corrections=[
            (one, [link for link in one.links if link in links]) for one in told_corrections()
        ],
        claims=tuple(recomputed().values()),
        failed=popular_claims(),
        held=[edge.id for edge in edges().values() if edge.id not in links],
        strengths=strengths(),
        studies=studies(),
        conditions=conditions(),
        themes=THEMES,
        theme_names=THEME_NAMES,
        places=_near_places(shown),
        bounds=BOUNDS,
        near=_near,
        cited=lambda edge: [(source, _is_address(source.link)) for source in edge.sources],
        swatch=lambda strength: Markup(_swatch(strength)),
    )


def _pathways(shown: Sequence[Edge]) -> list[tuple[str, list[str]]]:
    """Return the links by the pathway in which each begins."""
    kinds = {kind.id: (kind.label, list[str]()) for kind in node_kinds().values()}
    for edge in shown:
        kinds[nodes()[edge.path[0][0]].kind][1].append(edge.id)
    return [(label, found) for label, found in kinds.values() if found]


def _near_places(shown: Sequence[Edge]) -> list[tuple[str, str]]:
    """Return the places that a shown link touches, by name."""
    near = {node for edge in shown for step in edge.path for node in step}
    found = [(node.id, node.label) for node in nodes().values() if node.id in near]
    return sorted(found, key=lambda one: one[1].casefold())


def _near(edge: Edge) -> list[str]:
    """Return what the picture shows of a link: its places, and where in the middle it ends."""
    return list(
        dict.fromkeys([*(node for step in edge.path for node in step), *port(edge.path[-1])])
    )


def _is_address(link: str) -> bool:
    return link.startswith("https://")


def _swatch(strength_id: str) -> str:
    """Draw a short line as the picture draws links of this strength."""
    return swatch(strengths()[strength_id])


def _style() -> str:
    """Return the page's style with the colours of its four themes, of paper, and its font."""
    style = _resource("biology.css").decode()
    for name in (*THEMES, "print"):
        style = style.replace(f"/* {name} */", _variables(name))
    font = b64encode(_resource("fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"))
    return style.replace(
        "/* font */", f"src:url(data:font/woff2;base64,{font.decode()}) format('woff2');"
    )


def _variables(theme: str) -> str:
    return "".join(f"--{token.replace('_', '-')}:{tone};" for token, tone in TOKENS[theme].items())


def _resource(name: str) -> bytes:
    return files("twofold.report").joinpath(*name.split("/")).read_bytes()
