"""Seconds from the start of a process to its first Doc, of this checkout and of another.

    python benchmarks/startup/first_doc.py [--before CHECKOUT] [--model PIPELINE] [--runs N]

Each case is a fresh process, with the bytecode of all packages and without any, in turn for both
checkouts; of the runs the fastest counts. The CPU seconds of all threads are given too, which other
work on the machine changes less. Each has a knowledge base of its own building. An earlier version
cannot load a pipeline of a later one: it has a dash there.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[2]

FIRST_DOC = """
import sys
sys.path.insert(0, {checkout!r})
import spacy
{make}
nlp("Seen by Dr. Jane Miller on 3/4/2019: severe chest pain, on metformin.")
import json, os
import spacy_umlsbert
assert spacy_umlsbert.__file__.startswith({checkout!r}), spacy_umlsbert.__file__
print(json.dumps({{"cpu": sum(os.times()[:2])}}))
"""

BUILD_KB = """
import sys
sys.path.insert(0, {checkout!r})
from spacy_umlsbert.umls import KnowledgeBase, RrfRelease
KnowledgeBase.build({kb!r}, RrfRelease({rrf!r}), name="small", version="1", license="MIT")
"""


def cases(kb: Path, model: str | None) -> dict[str, str]:
    """The code that makes each pipeline."""
    blank = 'nlp = spacy.blank("en")'
    made = {
        "empty pipeline": blank,
        "lookup alone": f'{blank}; nlp.add_pipe("umls_lookup", config={{"kb": {str(kb)!r}}})',
        "rules-only de-identification": f'{blank}; nlp.add_pipe("umls_deid")',
    }
    if model is not None:
        made[model if "/" not in model else "with transformer"] = f"nlp = spacy.load({model!r})"
    return made


def seconds(code: str, bytecode: Path | None) -> tuple[float, float] | None:
    """The wall and CPU seconds of a fresh process; None if it fails."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as nothing:
        environment["PYTHONPYCACHEPREFIX"] = str(bytecode or nothing)
        if bytecode is None:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        start = os.times().elapsed
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
        if done.returncode:
            return None
        return os.times().elapsed - start, json.loads(done.stdout.splitlines()[-1])["cpu"]


def main() -> None:
    """Measure all cases and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="a checkout of an earlier version")
    parser.add_argument("--model", help="a pipeline with a transformer: a package or a folder")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    checkouts = {"after": HERE}
    if options.before is not None:
        checkouts = {"before": options.before.absolute(), **checkouts}
    for checkout in checkouts.values():  # each with its own entry points
        command = [sys.executable, "setup.py", "-q", "egg_info"]
        subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    columns = [(kind, name) for kind in ("bytecode", "none") for name in checkouts]
    header = (f"{'with' if kind == 'bytecode' else 'without'} bytecode, {n}" for kind, n in columns)
    print("| pipeline |", " | ".join(header), "|")
    print("|---|" + "---|" * len(columns))
    with tempfile.TemporaryDirectory() as folder:
        rrf = HERE / "assets/umls/META"
        kbs = {name: Path(folder, f"kb-{name}") for name in checkouts}
        for name, checkout in checkouts.items():
            build = BUILD_KB.format(checkout=str(checkout), kb=str(kbs[name]), rrf=str(rrf))
            subprocess.run([sys.executable, "-c", build], check=True, capture_output=True)
        bytecode = Path(folder, "bytecode")
        made = {name: cases(kb, options.model) for name, kb in kbs.items()}
        for case in made["after"]:
            best: dict[tuple[str, str], tuple[float, float]] = {}
            for run in range(options.runs + 1):
                for kind, name in columns:
                    if kind == "none" and run == 0:
                        continue  # the first run writes the bytecode
                    code = FIRST_DOC.format(checkout=str(checkouts[name]), make=made[name][case])
                    took = seconds(code, bytecode if kind == "bytecode" else None)
                    if run > 0 and took is not None:
                        best[kind, name] = min(took, best.get((kind, name), took))
            cells = (
                f"{best[one][0]:.1f} s ({best[one][1]:.1f} CPU)" if one in best else "-"
                for one in columns
            )
            print(f"| {case} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
