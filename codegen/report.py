"""Texts for a person, the log of a workflow and a pull request: what comes from a page cannot become another line."""

from osvi_runtime.texts import printable

LONGEST = 2000  # characters of a line


def lines(text: str) -> str:
    """Return a text whose lines are printable, and no commands of GitHub's workflows."""
    shown = (f"{line[: len(line) - len(line.lstrip())]}{printable(line, LONGEST)}" for line in text.splitlines())
    return "\n".join(f"> {line}" if line.lstrip().startswith(("::", "##[")) else line for line in shown)


def section(title: str, found: list[str]) -> str:
    """Return a title with findings below it, each in a line."""
    return "\n  ".join([title, *(printable(one, LONGEST) for one in found)])
