#!/usr/bin/env python3
"""Makes documents at random (the same on every machine), and compares what node_dump_json reads with what Python reads.

usage: test_readers.py NODE_DUMP_JSON

JSON against the json module; YAML against PyYAML in pure Python, with every plain scalar taken as text, for structure,
aliases, merges and places; TOML against tomllib.
"""
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

try:
    import tomllib
except ImportError:
    tomllib = None

WORDS = ["a", "name", "spec", "x y", "it's", 'say "x"', "käse", "日本", "😀", "true", "null", "5", "1.5", "-", "# no", "a: b",
         "", " lead", "trail ", "two\nlines", "tab\there", "back\\slash", "{", "[x]", "*a", "&a", "!t", "%x", "@", "`", "0x1F",
         "~", "1e5", "multi\n\nline\n", "a" * 100 + " " + "b" * 40, "=", "? q", "|", ">", "\x07", "\u2028", "é\u0301"]


class Text(yaml.SafeLoader):
    """Plain scalars are text; only << means something."""
    yaml_implicit_resolvers = {"<": yaml.SafeLoader.yaml_implicit_resolvers["<"]}


for word in ("int", "float", "bool", "null"):
    Text.add_constructor(f"tag:yaml.org,2002:{word}", lambda loader, node: node.value)


def make(rng, depth=0):
    kind = rng.random()
    if depth < 5 and kind < 0.35:
        return {rng.choice(WORDS) + rng.choice(["", "", str(rng.randrange(30))]): make(rng, depth + 1)
                for _ in range(rng.randrange(6))}
    if depth < 5 and kind < 0.6:
        return [make(rng, depth + 1) for _ in range(rng.randrange(5))]
    return rng.choice([rng.choice(WORDS), rng.choice(WORDS), rng.randrange(-2**63, 2**63), rng.randrange(100),
                       rng.uniform(-1e6, 1e6), True, False, None])


def run(program, kind, texts):
    with tempfile.TemporaryDirectory() as directory:
        paths = []
        for number, text in enumerate(texts):
            path = Path(directory, f"{number}.{kind}")
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            paths.append(str(path))
        out = subprocess.run([program, kind, *paths], check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in out.stdout.split(b"\n") if line]


def value(node, scalar):
    kind, content, _ = node
    if kind == "map":
        return {key: value(child, scalar) for key, child in content}
    if kind == "list":
        return [value(child, scalar) for child in content]
    return scalar(kind, content)


def json_scalar(kind, text):
    return {"null": lambda t: None, "bool": lambda t: t == "true", "int": int, "float": float, "string": str}[kind](text)


def toml_scalar(kind, text):
    if kind == "int":
        return int(text, 0) if text[:2] in ("0x", "0o", "0b") else int(text)
    return float(text) if kind == "float" else json_scalar(kind, text)


def check(what, text, mine, theirs):
    if mine != theirs:
        sys.exit(f"{what} differs of\n{text!r}\nhere  {mine!r}\nthere {theirs!r}")


# ---- JSON ---------------------------------------------------------------------------------------

def json_texts(rng):
    for _ in range(400):
        tree = make(rng)
        yield json.dumps(tree, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1, 4]))
    # Damaged: most are malformed now, and Python knows which.
    for _ in range(1200):
        text = json.dumps(make(rng), ensure_ascii=rng.random() < 0.8, indent=rng.choice([None, 1]))
        at = rng.randrange(len(text))
        yield text[:at] + rng.choice(["", "", rng.choice('{}[]",:0-1.e\\ut \n\x01'), "\\ud800"]) + text[at + 1:]


def refuse_constant(name):
    raise ValueError(name)


def lone_surrogates(tree):
    if isinstance(tree, str):
        return any(0xd800 <= ord(c) < 0xe000 for c in tree)
    if isinstance(tree, dict):
        return any(lone_surrogates(k) or lone_surrogates(v) for k, v in tree.items())
    return isinstance(tree, list) and any(map(lone_surrogates, tree))


def test_json(program, rng):
    texts = list(json_texts(rng))
    refused = 0
    for text, mine in zip(texts, run(program, "json", texts)):
        try:
            theirs = json.loads(text, parse_constant=refuse_constant)
        except ValueError:
            # Several values one after the other are a stream here and an error there.
            if "error" not in mine and len(mine["documents"]) + mine["empty"] < 2 and text.strip():
                sys.exit(f"read here, refused there: {text!r}")
            refused += 1
            continue
        if lone_surrogates(theirs):
            if "error" not in mine:
                sys.exit(f"half of a surrogate pair was read: {text!r}")
            continue
        if "error" in mine:
            sys.exit(f"refused here, read there: {text!r}: {mine['error']}")
        documents = [value(d, json_scalar) for d in mine["documents"]]
        check("JSON", text, documents or [None], [theirs])
    print(f"JSON: {len(texts)} texts, {refused} of them malformed")


# ---- YAML ---------------------------------------------------------------------------------------

def yaml_texts(rng):
    for _ in range(500):
        # In a list, because documents that are null do not count.
        trees = [[make(rng)] for _ in range(rng.choice([1, 1, 3]))]
        if rng.random() < 0.5:
            trees[0] = [trees[0], {"again": trees[0]}, trees[0]]  # anchors and aliases
        text = yaml.dump_all(trees, allow_unicode=rng.random() < 0.7, default_flow_style=rng.choice([None, True, False]),
                             default_style=rng.choice([None, None, "'", '"', "|", ">"]), width=rng.choice([20, 80, 1000]),
                             indent=rng.choice([2, 4]), line_break=rng.choice(["\n", "\n", "\r\n"]), sort_keys=False)
        yield text
    for _ in range(300):
        yield merge_text(rng)


def merge_text(rng):
    lines = []
    anchors = []
    for number in range(rng.randrange(2, 6)):
        name = f"m{number}"
        lines.append(f"{name}: &{name}")
        if anchors and rng.random() < 0.7:
            some = rng.sample(anchors, rng.randrange(1, len(anchors) + 1))
            lines.append("  <<: *" + some[0] if len(some) == 1 else "  <<: [" + ", ".join("*" + s for s in some) + "]")
        lines += [f"  {key}: {name}{key}" for key in rng.sample("abcdef", rng.randrange(1, 5))]
        rng.random() < 0.5 and lines.append("  deep: {z: [1, {y: 2}]}")
        anchors.append(name)
    return "\n".join(lines) + "\n"


def yaml_places(text):
    """The places of all keys and values that no alias and no merge brought in, in the order of the file."""
    lines = text.replace("\r\n", "\n").split("\n")

    def place(mark):
        return [mark.line + 1, len(lines[mark.line][:mark.column].encode()) + 1]

    def walk(node, key, seen):
        mark = place(node.start_mark)
        yield (place(key.start_mark) if key else mark) + mark
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for child_key, child in node.value:
                yield from walk(child, child_key, seen)
        elif isinstance(node, yaml.SequenceNode):
            for child in node.value:
                yield from walk(child, None, seen)

    for node in yaml.compose_all(text, Loader=Text):
        yield list(walk(node, None, set()))


def my_places(node):
    yield node[2]
    if node[0] in ("list", "map"):
        for child in node[1]:
            yield from my_places(child[1] if node[0] == "map" else child)


def test_yaml(program, rng):
    texts = list(yaml_texts(rng))
    compared = 0
    for text, mine in zip(texts, run(program, "yaml", texts)):
        theirs = list(yaml.load_all(text, Loader=Text))
        if "error" in mine:
            sys.exit(f"refused here, read there: {text!r}: {mine['error']}")
        documents = [value(d, lambda kind, content: content) for d in mine["documents"]]
        check("YAML", text, documents, theirs)
        # What breaks lines is not the same to PyYAML.
        if "*" in text or "<<" in text or "\u2028" in text:
            continue
        compared += 1
        check("places", text, [list(my_places(d)) for d in mine["documents"]], list(yaml_places(text)))
    print(f"YAML: {len(texts)} texts, places of {compared} compared")


# ---- TOML ---------------------------------------------------------------------------------------

def toml_key(rng):
    return rng.choice(["a", "b", "c", "d", '"a"', "'b'", '"x.y"'])


def toml_value(rng, depth=0):
    kind = rng.random()
    if depth < 2 and kind < 0.15:
        return "[" + ", ".join(toml_value(rng, depth + 1) for _ in range(rng.randrange(4))) + "]"
    if depth < 2 and kind < 0.3:
        pairs = [f"{'.'.join(toml_key(rng) for _ in range(rng.choice([1, 1, 2])))} = {toml_value(rng, depth + 1)}"
                 for _ in range(rng.randrange(3))]
        return "{" + ", ".join(pairs) + "}"
    return rng.choice(["1", "-5", "+1_000", "0x1F", "0o17", "0b11", "1.5", "1e5", "inf", "true", "false", '"x"', "'y\\'", '"\\u00e4"',
                       '"""\nx\\\n  y"""', "'''a\n'b''''", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", '""', "01", "1__0",
                       "2023-02-30", "tru", "1.", '"\\x"', "-0", "1e+05", "0_1", "+0.0", "1979-05-27 07:32:00.25+01:30"])


def toml_texts(rng):
    for _ in range(3000):
        lines = []
        for _ in range(rng.randrange(1, 7)):
            key = rng.choice([".", " . "]).join(toml_key(rng) for _ in range(rng.choice([1, 1, 2, 3])))
            lines.append(rng.choice([f"[{key}]", f"[[{key}]]", f"{key} = {toml_value(rng)}", f"{key}={toml_value(rng)} # x"]))
        yield rng.choice(["\n", "\r\n"]).join(lines)


def plain_toml(tree):
    """Dates as text: only that they are dates is compared."""
    if isinstance(tree, dict):
        return {key: plain_toml(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [plain_toml(item) for item in tree]
    return tree if isinstance(tree, (str, bool, int, float)) else "date"


def is_date(text):
    return text[:5] in ("1979-", "07:32")


def test_toml(program, rng):
    if tomllib is None:
        print("TOML: this Python has no tomllib")
        return
    texts = list(toml_texts(rng))
    good = 0
    for text, mine in zip(texts, run(program, "toml", texts)):
        try:
            theirs = plain_toml(tomllib.loads(text))
        except tomllib.TOMLDecodeError as why:
            if "error" not in mine:
                sys.exit(f"read here, refused there ({why}): {text!r}")
            continue
        if "error" in mine:
            sys.exit(f"refused here, read there: {text!r}: {mine['error']}")
        documents = [value(d, lambda kind, t: "date" if kind == "string" and is_date(t) else toml_scalar(kind, t))
                     for d in mine["documents"]]
        good += 1
        check("TOML", text, documents[0] if documents else {}, theirs)
    print(f"TOML: {len(texts)} texts, {good} of them good")


def main():
    rng = random.Random(1)
    test_json(sys.argv[1], rng)
    test_yaml(sys.argv[1], rng)
    test_toml(sys.argv[1], rng)


main()
