"""YAML as written: every scalar stays text, every node knows its line.

Loaded the usual way, YAML turns `no` into False, `012` into 10 and `12:30` into 750, and lets a second key of the same
name win without a word.  An admin means what is written.
"""

from dataclasses import dataclass

import yaml

from mailbot.errors import Misconfigured

MAX_BYTES = 500_000
_MAX_DEPTH = 20

Value = str | list["Value"] | dict[str, "Value"] | None
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`lines` maps a path such as ("rules", 3, "when") to its line, counted from one."""

    value: Value
    lines: dict[Path, int]
    problems: tuple[tuple[int, str], ...]

    def line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that was written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load(text: str, name: str) -> Document:
    """Raises Misconfigured for what is not YAML, or YAML that nobody writes by hand."""
    if len(text) > MAX_BYTES:
        raise Misconfigured(f"{name}:1: longer than {MAX_BYTES} characters; that is no rule book")
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise Misconfigured(f"{name}:{line}: `&` and `*` references are not allowed; write the text out again")
            tag = getattr(event, "tag", None)
            if tag not in {None, "!"}:
                raise Misconfigured(f"{name}:{line}: the tag {tag} is not allowed; remove it")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = mark.line + 1 if mark else 1
        advice = "check the indentation, and put text with `:` or `#` into quotes"
        raise Misconfigured(f"{name}:{place}: not readable as YAML ({error.problem}); {advice}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{name}:1: not readable as YAML ({str(error).splitlines()[0]})") from error
    lines: dict[Path, int] = {}
    problems: list[tuple[int, str]] = []
    value = None if node is None else _plain(node, (), lines, problems)
    return Document(value, lines, tuple(problems))


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int], problems: list[tuple[int, str]]) -> Value:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > _MAX_DEPTH:
        problems.append((line, "nested too deeply; write it flatter"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, number), lines, problems) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Value] = {}
        for key, item in node.value:
            label = str(key.value)
            where = key.start_mark.line + 1
            if label in mapping:
                problems.append((where, f"'{label}' is written twice here; keep one of them"))
                continue
            lines[(*path, label)] = where
            mapping[label] = _plain(item, (*path, label), lines, problems)
        return mapping
    text = str(node.value)
    return None if not text and getattr(node, "style", None) is None else text
