"""Writes annotated texts in each format, for the tests that read them back."""

import json
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr


def write_pubtator(folder: Path, text: str, spans: list) -> Path:
    lines = [f"7|{kind}|{part}" for kind, part in zip("ta", text.split("\n"), strict=False)]
    for a, b, label, ids in spans:
        mention = text[a:b].replace("\n", " ")
        lines.append(f"7\t{a}\t{b}\t{mention}\t{label}\t{'|'.join(ids)}")
    return _write(folder / "corpus.txt", "\n".join(lines) + "\n\n")


def write_brat(folder: Path, text: str, spans: list) -> Path:
    lines = []
    for i, (a, b, label, ids) in enumerate(spans, 1):
        surface = text[a:b].replace("\n", " ")
        lines.append(f"T{i}\t{label} {a} {b}\t{surface}")
        lines += [f"N{i}{j}\tReference T{i} {one}\t{surface}" for j, one in enumerate(ids)]
    _write(folder / "note.ann", "".join(f"{line}\n" for line in lines))
    return _write(folder / "note.txt", text).parent


def write_jsonl(folder: Path, text: str, spans: list) -> Path:
    keys = ("start", "end", "label", "concept_ids")
    record = {"text": text, "spans": [dict(zip(keys, span, strict=True)) for span in spans]}
    return _write(folder / "notes.jsonl", json.dumps(record) + "\n")


def write_marked(folder: Path, text: str, spans: list) -> Path:
    parts, done = [], 0
    for a, b, label, _ in spans:
        parts += [text[done:a], f"[[{text[a:b]}|{label}]]"]
        done = b
    return _write(folder / "note.txt", "".join(parts) + text[done:])


def write_i2b2_2006(folder: Path, text: str, spans: list) -> Path:
    parts, done = [], 0
    for a, b, label, _ in spans:
        parts += [escape(text[done:a]), f'<PHI TYPE="{label}">', escape(text[a:b]), "</PHI>"]
        done = b
    body = "".join(parts) + escape(text[done:])
    xml = f'<ROOT>\n<RECORD ID="1">\n<TEXT>{body}</TEXT>\n</RECORD>\n</ROOT>\n'
    return _write(folder / "records.xml", xml)


def write_i2b2_2010(folder: Path, text: str, spans: list) -> Path:
    lines = []
    for a, b, label, _ in spans:
        mention = " ".join(text[a:b].lower().split())
        lines.append(f'c="{mention}" {_word(text, a)} {_word(text, b - 1)}||t="{label}"\n')
    _write(folder / "concept" / "record.con", "".join(lines))
    _write(folder / "txt" / "record.txt", text)
    return folder


def write_i2b2_2012(folder: Path, text: str, spans: list) -> Path:
    return _standoff(folder, text, spans, "EVENT", "type")


def write_i2b2_2014(folder: Path, text: str, spans: list) -> Path:
    return _standoff(folder, text, spans, "NAME", "TYPE")


def write_conll(folder: Path, text: str, spans: list) -> Path:
    lines, position = [], 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        tag = "O"
        for a, b, label, _ in spans:
            if a <= start < b:
                tag = f"{'B' if a == start else 'I'}-{label}"
        lines.append(f"{word} {tag}\n")
    return _write(folder / "train.txt", "".join(lines))


def _standoff(folder: Path, text: str, spans: list, tag: str, attribute: str) -> Path:
    elements = [
        f'<{tag} start="{a}" end="{b}" text={quoteattr(text[a:b])} {attribute}="{label}" />\n'
        for a, b, label, _ in spans
    ]
    body = text.replace("]]>", "]]]]><![CDATA[>")
    xml = f"<root>\n<TEXT><![CDATA[{body}]]></TEXT>\n<TAGS>\n{''.join(elements)}</TAGS>\n</root>\n"
    return _write(folder / "record.xml", xml)


def _word(text: str, position: int) -> str:
    """Line from one and word from zero, as i2b2 2010 counts."""
    before = text[:position]
    line_start = before.rfind("\n") + 1
    words = text[line_start : position + 1].split()
    return f"{before.count(chr(10)) + 1}:{len(words) - 1}"


def _write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf8", newline="")
    return path
