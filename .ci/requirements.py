"""Print what pyproject.toml requires, for the runs of the tests on other versions.

requirements.py lowest              each requirement at its lower bound, as constraints
requirements.py without NAME ...    the requirements without some packages, tools for tests too
"""

import re
import sys
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf8"))["project"]
RUN = PROJECT["dependencies"]
OPTIONAL = PROJECT["optional-dependencies"]


def lowest() -> list[str]:
    """`spacy>=3.8.2,<3.9; marker` becomes `spacy==3.8.2`."""
    groups = [RUN, *(group for name, group in OPTIONAL.items() if name != "dev")]
    bounds = (re.match(r"([\w.-]+).*?>=\s*([\w.]+)", line) for group in groups for line in group)
    return [f"{bound[1]}=={bound[2]}" for bound in bounds if bound]


def without(names: set[str]) -> list[str]:
    """All requirements but those of these names."""
    return [line for line in [*RUN, *OPTIONAL["dev"]] if re.split(r"[^\w.-]", line)[0] not in names]


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(*(lowest() if command == "lowest" else without(set(arguments))), sep="\n")
