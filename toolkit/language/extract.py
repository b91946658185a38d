"""Every message of the package, and catalogues brought up to date with them.

``python -m toolkit.language.extract`` adds new messages to each catalogue, untranslated, drops those
that nothing says any more, keeps what is translated, and prints how much each language lacks. The
same code gives the same bytes: messages stand in the order of their text, without dates or places.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from toolkit.language import formats, period_names
from toolkit.language.catalogues import FORMS, LANGUAGES, PLURALS
from toolkit.language.literals import Message, Module, Unseen
from toolkit.language.prose import pieces

_ROOT = Path(__file__).resolve().parents[2]
_FILTERED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*\|\s*say')
_CALLED = re.compile(r'\bsay\(\s*"((?:[^"\\]|\\.)*)"(?:\s*,\s*plural="((?:[^"\\]|\\.)*)")?')
_LETTER = re.compile(r"[^\W\d_]")
_PLACE = re.compile(r"{[^{}]*}")
_NAME = re.compile(r"[a-z]+(_[a-z0-9]+)+|[a-z]+[0-9]+")


def messages(root: Path = _ROOT) -> tuple[dict[str, Message], list[Unseen]]:
    """Every message by its key, and every sentence whose template cannot be seen.

    Parameters
    ----------
    root
        The folder that holds the package and its notebooks.
    """
    found: dict[str, Message] = {}
    unseen: list[Unseen] = []
    for message in _all_of(root):
        if isinstance(message, Unseen):
            unseen.append(message)
        elif _has_words(message.one) and (message.many or message.one not in found):
            found[message.one] = message
    return dict(sorted(found.items())), unseen


def _all_of(root: Path) -> Iterator[Message | Unseen]:
    for path in sorted((root / "toolkit").rglob("*.py")):
        if path != root / "toolkit" / "language" / "sentences.py":
            yield from Module(path, root).messages()
    for path in sorted((root / "toolkit").rglob("*.j2")):
        yield from of_template(path.read_text(encoding="utf-8"))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield from of_notebook(json.loads(path.read_text(encoding="utf-8")))
    for one, many in formats.UNITS.values():
        yield Message(one, many)
    for word in (*formats.NAMES.values(), *period_names.NAMES.values(), *formats.WORDS.values(), *formats.COUNTED):
        yield Message(word)


def of_template(text: str) -> Iterator[Message]:
    """What a page template says: ``"…"|say`` and ``say("…")``."""
    for one in _FILTERED.findall(text):
        yield Message(one)
    for one, many in _CALLED.findall(text):
        yield Message(one, many or None)


def of_notebook(notebook: Mapping) -> Iterator[Message]:
    """Its prose, piece by piece."""
    for cell in notebook["cells"]:
        tags = set(cell.get("metadata", {}).get("tags", []))
        if cell["cell_type"] == "markdown" and "hidden" not in tags:
            source = cell["source"]
            for piece in pieces(source if isinstance(source, str) else "".join(source)):
                yield Message(piece)


def _has_words(template: str) -> bool:
    """Whether anything but places, marks and names for machines is left to translate."""
    return bool(_LETTER.search(_PLACE.sub("", template))) and not _NAME.fullmatch(template)


def missing(language: str, wanted: Iterable[Message]) -> list[str]:
    """Keys that a catalogue does not translate, or not in every plural form."""
    held = read(language)
    need = {m.one: len(FORMS[language]) if m.many else 1 for m in wanted}
    return [key for key, forms in need.items() if len([s for s in held.get(key, ()) if s]) < forms]


def read(language: str, folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """A catalogue as it stands: key -> forms, empty where nothing is said yet."""
    from babel.messages.pofile import read_po

    path = (folder or Path(__file__).parent / "catalogues") / f"{language}.po"
    if not path.exists():
        return {}
    out = {}
    with path.open("rb") as file:
        for m in read_po(file, locale=language):
            key = m.id[0] if isinstance(m.id, tuple) else m.id
            if key:
                out[key] = tuple(m.string) if isinstance(m.string, tuple | list) else (m.string,)
    return out


def written(language: str, wanted: Mapping[str, Message], held: Mapping[str, tuple[str, ...]]) -> str:
    """A catalogue's text: every message in order, with what is translated."""
    lines = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=UTF-8\\n"',
             f'"Language: {language}\\n"', f'"Plural-Forms: {PLURALS[language]}\\n"', ""]  # fmt: skip
    for key, message in wanted.items():
        said = held.get(key, ())
        lines.append(f"msgid {_quoted(key)}")
        if message.many:
            forms = len(FORMS[language])
            said = said if len(said) == forms else (*said, *[""] * forms)[:forms] if len(said) > 1 else ("",) * forms
            lines.append(f"msgid_plural {_quoted(message.many)}")
            lines += [f"msgstr[{i}] {_quoted(s)}" for i, s in enumerate(said)]
        else:
            lines.append(f"msgstr {_quoted(said[0] if len(said) == 1 else '')}")
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def main() -> int:
    """Bring the catalogues up to date; 1 where a sentence cannot be seen."""
    wanted, unseen = messages()
    for language in LANGUAGES:
        if language != "en":
            path = Path(__file__).parent / "catalogues" / f"{language}.po"
            path.write_text(written(language, wanted, read(language)), encoding="utf-8")
            lacking = len(missing(language, wanted.values()))
            print(f"{language}: {len(wanted) - lacking} of {len(wanted)} messages, {lacking} to translate")
    for place in unseen:
        print(f"cannot be translated, for its template is no literal: {place}", file=sys.stderr)
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
