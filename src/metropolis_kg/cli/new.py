"""``metropolis-kg new``: a command for each kind of thing, whose options are what is asked for it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metropolis_kg.curation.drafts.fields import CHOICES, FIELDS, Field
from metropolis_kg.curation.drafts.words import DraftError, said
from metropolis_kg.model.identifiers import SLUG
from metropolis_kg.settings import Settings

if TYPE_CHECKING:
    from metropolis_kg.curation.drafts.composing import Change, Place

_EXAMPLES = {
    "person": '--name-de "Ada Colau" --page berlin-metropolis',
    "organisation": '--name-de "Stadt Wien" --name-en "City of Vienna" --class government',
    "post": '--name-de "Bürgermeister von Wien" --name-en "Mayor of Vienna" --organisation "City of Vienna"',
    "tenure": '--holder "Michael Müller" --organisation Metropolis --role president --when 2018-08/2020-11 --quote "…"',
    "partnership": '--partner Metropolis --with UN-HABITAT --quote "…" --sources ../texts',
    "event": '--title-de "Jahrestreffen" --title-en "Annual meeting" --when 2018-08 --quote "…"',
    "page": '--title-de "…" --title-en "…" --url https://… --text page.txt --from 2020-11-30 --until 2021-12-21 …',
}
_SENTENCES = {
    "person": "Write a person.",
    "organisation": "Write an organisation.",
    "post": "Write a post: an office in an organisation.",
    "tenure": "Write a tenure with its evidence: a holder, an organisation, a role, a time.",
    "partnership": "Write a partnership of two organisations with its evidence.",
    "event": "Write an event with its evidence.",
    "page": "Write the file of a new page: its graph, its source and its licence.",
}
_METAVARS = {
    "thing": "NAME", "choice": "NAME", "edtf": "EDTF", "date": "DATE", "url": "URL", "position": "N", "file": "FILE",
}  # fmt: skip
_NOTE = """Things are named by their name in any language or by their IRI (person:michael-mueller). What is missing is
asked for on a terminal. Nothing that is there is overwritten."""


@click.group(name="new", epilog="Example: metropolis-kg new person --name-de 'Ada Colau'")
def command() -> None:
    """Write a new thing, claim or page into the content, with all that is required of it."""


def _command(kind: str) -> click.Command:
    def callback(**given: Any) -> None:
        _run(click.get_current_context(), kind, given)

    return click.Command(
        kind,
        callback=callback,
        params=[*map(_option, FIELDS[kind]), *_common_options(kind)],
        help=f"{_SENTENCES[kind]}\n\n{_NOTE}",
        short_help=_SENTENCES[kind],
        epilog=f"Example: metropolis-kg new {kind} {_EXAMPLES[kind]}",
    )


def _option(field: Field) -> click.Option:
    default = field.default or (f"that of --{field.default_of}" if field.default_of else "")
    choices = f" One of: {', '.join(CHOICES[field.name])}." if field.reading == "choice" else ""
    told = f"{said('questions', field.name, 'en')}.{choices}{f' Default: {default}.' if default else ''}"
    return click.Option([f"--{field.name}"], help=told, metavar=_METAVARS.get(field.reading, "TEXT"))


def _common_options(kind: str) -> list[click.Option]:
    folder = click.Path(path_type=Path)
    where = [
        click.Option(["--page"], metavar="NAME", help="File that it goes to: its name in data/, without .ttl."),
        click.Option(["--sources"], type=folder, metavar="DIR", help="Folder with the texts of the sources."),
    ]
    return [
        *(where if kind != "page" else []),
        click.Option(["--slug"], metavar="NAME", help="Short name. Default: made of the name."),
        click.Option(["--dry-run"], is_flag=True, help="Print the Turtle and write nothing."),
        click.Option(["--ask/--no-ask"], default=None, help="Ask for what is missing. Default: on a terminal."),
        click.Option(["--lang"], type=click.Choice(["de", "en"]), help="Language. Default: that of the locale."),
    ]


for _kind in FIELDS:
    command.add_command(_command(_kind))


def _run(ctx: click.Context, kind: str, given: dict[str, Any]) -> None:
    from metropolis_kg.cli.reporting import language

    lang = language(given.pop("lang"))
    try:
        change = _Session(ctx.obj, kind, given, lang).change()
        _finish(change, kind, ctx.obj, lang, dry_run=given["dry_run"])
    except DraftError as error:
        click.echo(f"metropolis-kg: {error.text(lang)}", err=True)
        ctx.exit(2)


class _Session:
    """One new thing: what was given and asked, against what the content knows."""

    def __init__(self, settings: Settings, kind: str, given: dict[str, Any], lang: str) -> None:
        from metropolis_kg.cli.asking import Answerer
        from metropolis_kg.content import find_content
        from metropolis_kg.curation.drafts.known_things import KnownThings
        from metropolis_kg.curation.sources import read_dataset

        self._content, self._kind = find_content(settings.root), kind
        if self._content.is_installed:
            raise DraftError("installed")
        self._folder = given.pop("sources", None) or settings.sources
        asks = sys.stdin.isatty() if given["ask"] is None else given["ask"]
        self._known: KnownThings = KnownThings(read_dataset(self._content), self._content)
        options = {name.replace("_", "-"): value for name, value in given.items()}
        self._answerer: Answerer = Answerer(options, self._known, lang, asks=asks)

    def change(self) -> "Change":
        """Return what is to be written. Raises DraftError."""
        from metropolis_kg.curation.drafts.composing import compose
        from metropolis_kg.curation.drafts.conforming import require_conforming
        from metropolis_kg.curation.drafts.drafting import slug_of

        source = self._source() if self._kind != "page" else None
        answers: dict[str, str] = {}
        for field in FIELDS[self._kind]:
            if not field.is_asked(answers):
                self._answerer.require_not_given(field)
            elif self._is_needed(field, answers, source):
                answers[field.name] = self._answer(field, answers, source)
        slug = self._answerer.free("slug", slug_of(self._kind, answers, self._known), self._free_slug)
        change = compose(self._kind, slug, answers, self._known, self._content, source)
        require_conforming(change, self._known, self._content)
        return change

    def _source(self) -> "Place":
        from metropolis_kg.curation.drafts.composing import Source
        from metropolis_kg.curation.quotations import read_texts

        graphs = self._known.graphs()
        pages = [name for name, graph in graphs.items() if graph.path.parent.name == "pages"]

        def check(name: str) -> str:
            if name not in graphs:
                raise DraftError("unknown_page", text=name, names=", ".join(graphs))
            return name

        self._answerer.show("known", ", ".join(graphs))
        graph = graphs[self._answerer.free("page", pages[0] if len(pages) == 1 else None, check)]
        return graph, Source(graph, self._known, read_texts(self._folder) if self._folder else {})

    def _is_needed(self, field: Field, answers: dict[str, str], source: "Place | None") -> bool:
        """Return whether a question arises: that for a position does not where the text gives it."""
        if field.name != "starts-at" or source is None or not self._answerer.asks:
            return True
        return source[1].needs_position(answers["quote"])

    def _answer(self, field: Field, answers: dict[str, str], source: "Place | None") -> str:
        if field.name == "starts-at" and source:
            self._show_places(answers, source)

        def check(answer: str) -> str:
            if source and field.name in ("quote", "starts-at"):
                source[1].check({**answers, field.name: answer}, is_last=field.name == "starts-at")
            return answer

        return self._answerer.answer(field, answers, check)

    def _show_places(self, answers: dict[str, str], source: "Place") -> None:
        try:
            source[1].quote(answers)
        except DraftError as error:
            self._answerer.show_error(error)

    def _free_slug(self, slug: str) -> str:
        if not SLUG.fullmatch(slug):
            raise DraftError("slug", text=slug)
        if self._kind != "page":
            self._known.require_free(self._known.iri(f"{self._kind}:{slug}"))
        return slug


def _finish(change: "Change", kind: str, settings: Settings, lang: str, *, dry_run: bool) -> None:
    from metropolis_kg.content import find_content
    from metropolis_kg.curation.drafts.drafting import CLAIMS

    if dry_run:
        click.echo(change.turtle, nl=False)
        return
    change.write()
    path = find_content(settings.root).relative(change.path)
    for name, line in change.places():
        click.echo(said("after", "written", lang, place=f"{path}:{line}", name=name))
    after = "claim" if kind in CLAIMS else "page" if kind == "page" else "thing"
    click.echo(said("after", after, lang, slug=path.stem))
