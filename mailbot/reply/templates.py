"""Reply templates: one Markdown file per reply and language, the admin's own before the packaged ones.

A mail's words reach a template only as values of variables; they are never parsed as one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.errors import Misconfigured

MAX_TEMPLATE = 20_000
MAX_REPLY = 20_000
_NAME = re.compile(r"^([a-z][a-z0-9-]*)\.([a-z]{2})\.md$")
# A reply needs conditions and values; loops and macros are how a template grows without bound.
_ALLOWED_TAGS = re.compile(r"\{%-?\s*(?:if|elif|else|endif)\b")
_ANY_TAG = re.compile(r"\{%")
VARIABLES = ("name", "address", "phone", "dates", "application_no", "tenant_ref", "valid_to", "subject")


class _Environment(ImmutableSandboxedEnvironment):
    """No operator that multiplies text: `'x' * 10**9` is refused like any other unsafe thing."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def call_binop(self, _context: Any, operator: str, _left: Any, _right: Any) -> Any:  # noqa: ANN401 - jinja's types
        raise TemplateError(f"'{operator}' may not be used in a reply")


@dataclass(frozen=True, slots=True)
class Replies:
    """Texts by (reply, language); every one of them compiles and renders."""

    texts: Mapping[tuple[str, str], str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({name for name, _ in self.texts}))

    def render(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """Raises TemplateError; `load_replies` has tried each template with no values and with all."""
        text = _environment().from_string(self.texts[name, language]).render(**_blank(values))
        return re.sub(r"\n{3,}", "\n\n", text[:MAX_REPLY]).strip()

    def language(self, name: str, *wanted: str) -> str | None:
        """The first of the wanted languages in which this reply is written."""
        return next((language for language in wanted if (name, language) in self.texts), None)


def load_replies(own: Mapping[str, str] | None = None) -> Replies:
    """The packaged templates, overlaid with the admin's {"repair.fr.md": text}.  Raises Misconfigured."""
    texts: dict[tuple[str, str], str] = {}
    for file in files("mailbot.reply").joinpath("templates").iterdir():
        match = _NAME.match(file.name)
        if match:
            texts[match[1], match[2]] = file.read_text(encoding="utf-8")
    problems = []
    for filename, text in (own or {}).items():
        match = _NAME.match(filename)
        if match is None:
            problems.append(f"{filename}: a reply's file is called like repair.fr.md (name, language, md); rename it")
            continue
        problems += [f"{filename}: {fault}" for fault in _faults(text)]
        texts[match[1], match[2]] = text
    if problems:
        raise Misconfigured(*problems)
    return Replies(texts)


def _faults(text: str) -> list[str]:
    if len(text) > MAX_TEMPLATE:
        return [f"longer than {MAX_TEMPLATE} characters; shorten it"]
    if len(_ANY_TAG.findall(text)) != len(_ALLOWED_TAGS.findall(text)):
        return ["only {% if %}, {% elif %}, {% else %} and {% endif %} may be used; write the text out instead"]
    try:
        template = _environment().from_string(text)
        for values in ({}, dict.fromkeys(VARIABLES, "x")):
            if len(template.render(**_blank(values))) > MAX_REPLY:
                return [f"makes more than {MAX_REPLY} characters; shorten it"]
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        line = getattr(error, "lineno", None)
        place = f"line {line}: " if line else ""
        return [f"{place}{error}; known variables are {', '.join(VARIABLES)}"]
    return []


def _environment() -> ImmutableSandboxedEnvironment:
    return _Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _blank(values: Mapping[str, object]) -> dict[str, object]:
    return {name: values.get(name, "") for name in VARIABLES}
