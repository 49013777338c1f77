"""`python -m spacy umls …`: the commands of this package in spaCy's command line.

A command is a module, named like it. spaCy loads this module through the entry point ``umls`` of
the group ``spacy_cli``, and importing a command adds it: a new one has to be imported here.

- `app`: the app that commands are added to, each inside the guard
- `pipelines`, `evaluation`, `linking_options`, `old_options`: what several commands share
- `trainings`: `pretrain`, `align` and `marginalize`, which a config file describes
"""

from spacy_umlsbert.cli.app import app
from spacy_umlsbert.cli.assertion import assertion_app
from spacy_umlsbert.cli.build_kb import build_kb
from spacy_umlsbert.cli.convert import convert
from spacy_umlsbert.cli.crosswalk import crosswalk
from spacy_umlsbert.cli.deid import deid
from spacy_umlsbert.cli.embed import embed_cli
from spacy_umlsbert.cli.evaluate_assertion import evaluate_assertion
from spacy_umlsbert.cli.evaluate_deid import evaluate_deid
from spacy_umlsbert.cli.evaluate_linking import evaluate_linking
from spacy_umlsbert.cli.evaluate_ner import evaluate_ner
from spacy_umlsbert.cli.evaluate_nli import evaluate_nli
from spacy_umlsbert.cli.evaluate_values import evaluate_values_cli
from spacy_umlsbert.cli.extract import extract
from spacy_umlsbert.cli.import_checkpoint import import_checkpoint_cli
from spacy_umlsbert.cli.inspect_kb import inspect_kb
from spacy_umlsbert.cli.link import link
from spacy_umlsbert.cli.lookup import lookup
from spacy_umlsbert.cli.neighbours import neighbours_cli
from spacy_umlsbert.cli.nli import nli
from spacy_umlsbert.cli.prepare_notes import prepare_notes_cli
from spacy_umlsbert.cli.show import show
from spacy_umlsbert.cli.trainings import align_cli, marginalize_cli, pretrain_cli

__all__ = [
    "align_cli",
    "app",
    "assertion_app",
    "build_kb",
    "convert",
    "crosswalk",
    "deid",
    "embed_cli",
    "evaluate_assertion",
    "evaluate_deid",
    "evaluate_linking",
    "evaluate_ner",
    "evaluate_nli",
    "evaluate_values_cli",
    "extract",
    "import_checkpoint_cli",
    "inspect_kb",
    "link",
    "lookup",
    "marginalize_cli",
    "neighbours_cli",
    "nli",
    "prepare_notes_cli",
    "pretrain_cli",
    "show",
]
