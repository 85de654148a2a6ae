"""Compares rlx's chat templates with Python's jinja2, set up as transformers sets it up. Run by hand:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install jinja2 transformers
    /tmp/venv/bin/python tests/templates/compare.py [FOLDER...]     # generated conversations over *.jinja
    /tmp/venv/bin/python tests/templates/compare.py --expressions   # generated small templates
    /tmp/venv/bin/python tests/templates/compare.py --validate      # the reference itself, against cases.jsonl

Out: the number compared, and every kind of difference once: template, reduced case, both outputs. Status 1 where rlx
differs. transformers is needed for --validate alone.
"""

import argparse
import collections
import glob
import json
import os
import random
import re
import sys
import time

import conversations
import expressions
import reference
from engine import Engine
from reference import Outcome, agree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.environ.get("RLX_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
GOLDEN = os.path.join(SHARED, "golden", "chat")
MODEL = os.path.join(ROOT, "examples", "stories-3m.Q8_0.gguf")
LINES_AT_ONCE = 1000
SNIPPETS_AT_ONCE = 100
REDUCED_PER_KIND = 2
REDUCED_PER_KIND_OF_TEXT = 200  # where both sides render, the words do not tell one kind from another
# Bounds that rlx sets and Python does not have: counted, and no difference.
BOUNDS = ("beyond 64 bits", "nested deeper than", "needs more than", "digits")
CANDIDATES_AT_ONCE = 150


def kind_of(expected, got):
    """What sort of difference this is, in words that do not depend on the case's own texts."""
    plain = re.sub(r"'[^']{20,}'|\"[^\"]*\"|/tmp\S+|\d+", "…", got.text)[:120]
    if got.kind in ("crash", "hang"):
        return f"{got.kind}: {plain}"
    if expected.kind == "text" and got.kind == "text":
        return "texts differ"
    if expected.kind == "text":
        return f"{got.kind} where Python renders: {plain}"
    if got.kind == "text":
        return f"renders where Python has {expected.kind} {expected.text.split(':')[0] if expected.kind != 'refused' else ''}"
    return "other words of a refusal"


def within_bounds(expected, got):
    """Whether rlx only says that something is too large for it."""
    return expected.kind == "text" and got.kind == "error" and any(words in got.text for words in BOUNDS)


class Differences:
    """Kinds of differences met, with how often, and the few of each that are reduced and shown."""

    def __init__(self):
        self.counts = collections.Counter()
        self.shown = collections.Counter()

    def meet(self, kind):
        """Counts one; whether it is to be reduced and shown."""
        self.counts[kind] += 1
        self.shown[kind] += self.counts[kind] <= REDUCED_PER_KIND
        return self.counts[kind] <= REDUCED_PER_KIND

    def report(self, compared, skipped, seconds):
        print(f"\n{compared} compared, {skipped} left out, {sum(self.counts.values())} differ, {seconds:.0f} s")
        for kind, count in self.counts.most_common():
            print(f"{count:7}  {' | '.join(map(str, kind))}")
        return 1 if self.counts else 0


def show(title, body, expected, got):
    """One difference; long texts are shown around where they part."""
    print(f"--- {title}\n{body}")
    at = len(os.path.commonprefix([expected.text, got.text])) if expected.kind == got.kind == "text" else 0
    start = max(0, at - 60)
    for name, outcome in (("Python", expected), ("rlx", got)):
        print(f"    {name:7}{outcome.kind}: {'…' if start else ''}{outcome.text[start:at + 200]!r}")
    sys.stdout.flush()


# --- generated conversations


def simpler_values(value):
    """Values with one thing less than this JSON value has."""
    if isinstance(value, str):
        if len(value) > 1:
            yield from ("", value[:len(value) // 2], value[len(value) // 2:], value[1:], value[:-1])
        elif value not in ("", "x"):
            yield "x"
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield value[:at] + value[at + 1:]
            for made in simpler_values(item):
                yield value[:at] + [made] + value[at + 1:]
    elif isinstance(value, dict):
        for key, item in value.items():
            yield {name: kept for name, kept in value.items() if name != key}
            for made in simpler_values(item):
                yield {name: made if name == key else kept for name, kept in value.items()}
    elif value not in (None, True, False, 1, 0):
        yield 1


def reduce_line(engine, template, made, line, kind):
    """The smallest line found that still differs in the same way."""
    for _ in range(200):
        candidates = [candidate for candidate in simpler_values(line) if isinstance(candidate.get("messages"), list)]
        candidates.sort(key=lambda candidate: len(json.dumps(candidate)))
        for start in range(0, len(candidates), CANDIDATES_AT_ONCE):
            some = candidates[start:start + CANDIDATES_AT_ONCE]
            for candidate, got in zip(some, engine.render(made, some)):
                expected = reference.render(template, candidate)
                if not agree(expected, got) and kind_of(expected, got) == kind:
                    line = candidate
                    break
            else:
                continue
            break
        else:
            return line
    return line


def compare_template(engine, path, count, seed, differences):
    """One template, so many lines; how many compared and left out."""
    name = os.path.basename(path)[:-len(".jinja")]
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    template = reference.compile_template(text)
    made = engine.build(text)
    if isinstance(template, Outcome) or isinstance(made, Outcome):
        expected = template if isinstance(template, Outcome) else Outcome("text", "(compiles)")
        got = made if isinstance(made, Outcome) else Outcome("text", "(compiles)")
        if not agree(expected, got):
            differences.meet((name, kind_of(expected, got)))
            show(name, "    the whole template", expected, got)
        return 1, 0
    source = conversations.Conversations(text, random.Random(f"{seed} {name}"))
    skipped = 0
    for start in range(0, count, LINES_AT_ONCE):
        lines = [source.line() for _ in range(min(LINES_AT_ONCE, count - start))]
        for line, got in zip(lines, engine.render(made, lines)):
            expected = reference.render(template, line)
            skipped += expected.kind == "skip"
            if not agree(expected, got):
                kind = kind_of(expected, got)
                if differences.meet((name, kind)):
                    line = reduce_line(engine, template, made, line, kind)
                    got = engine.render(made, [line])[0]
                    show(f"{name}: {kind}", "    " + json.dumps(line), reference.render(template, line), got)
    return count, skipped


def compare_conversations(engine, folders, count, seed, only):
    paths = sorted(path for folder in folders for path in glob.glob(os.path.join(folder, "*.jinja")))
    paths = [path for path in paths if only in path]
    differences, compared, skipped, start = Differences(), 0, 0, time.time()
    for path in paths:
        done = compare_template(engine, path, max(1, count // len(paths)), seed, differences)
        compared, skipped = compared + done[0], skipped + done[1]
    print(f"\n{len(paths)} templates, seed {seed}")
    return differences.report(compared, skipped, time.time() - start)


# --- generated templates


def line_for(which):
    return {"messages": [], "now": "2025-03-09T14:05:06", "variables": {**expressions.NAMES, "which": which}}


def guarded(snippets):
    """One template of many snippets; `which` chooses the one that is rendered."""
    return "".join(f"{{% if which == {at} %}}{snippet}{{% endif %}}" for at, snippet in enumerate(snippets))


def outcomes_of(engine, snippets):
    """Pairs of Outcomes for snippets that Python compiles: in one template while rlxc takes it, else in two halves."""
    text = guarded(snippets)
    template, made = reference.compile_template(text), engine.build(text)
    if isinstance(template, Outcome) or isinstance(made, Outcome):
        if len(snippets) > 1:
            half = len(snippets) // 2
            return outcomes_of(engine, snippets[:half]) + outcomes_of(engine, snippets[half:])
    lines = [line_for(at) for at in range(len(snippets))]
    return [(reference.render(template, line), got) for line, got in zip(lines, engine.render(made, lines))]


def outcome_alone(engine, text):
    template, made = reference.compile_template(text), engine.build(text)
    return reference.render(template, line_for(0)), engine.render(made, [line_for(0)])[0]


def all_outcomes(engine, texts, alone):
    """Pairs of Outcomes for template texts. Those that Python refuses to compile, and all where alone, are built singly."""
    pairs = {}
    together = []
    for text in texts:
        if alone or isinstance(reference.compile_template(text), Outcome):
            pairs[text] = outcome_alone(engine, text)
        else:
            together.append(text)
    for text, pair in zip(together, outcomes_of(engine, together) if together else []):
        pairs[text] = pair
    return [pairs[text] for text in texts]


def reduce_tree(engine, tree, kind, alone):
    """The smallest tree found whose template still differs in the same way."""
    for _ in range(60):
        candidates = expressions.smaller(tree)[:CANDIDATES_AT_ONCE if not alone else 40]
        for candidate, pair in zip(candidates, all_outcomes(engine, list(map(str, candidates)), alone)):
            if not agree(*pair) and kind_of(*pair) == kind:
                tree = candidate
                break
        else:
            return tree
    return tree


def skeleton(text):
    """The text with its literals and names of values blurred: what two differences of one kind share."""
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "S", text)
    text = re.sub(r"\b(" + "|".join(expressions.NAMES) + r")\b", "V", text)
    return re.sub(r"(?<![\w])[-+]?\d[\w.]*", "N", text)


def trees_of(source, start, alone):
    """The next batch of generated templates."""
    trees = []
    for at in range(start, start + SNIPPETS_AT_ONCE):
        depth = source.choice([1, 2, 2, 3, 3, 4, 5])
        if not alone:
            trees.append(expressions.generate(source, "statement", depth))
            continue
        tree = expressions.generate(source, "whole", depth)
        if at % 2:
            tree = expressions.Tree("whole", [expressions.mutate(source, str(tree))])
        trees.append(tree)
    return trees


def compare_expressions(engine, count, seed, without):
    differences, compared, skipped, start = Differences(), 0, 0, time.time()
    source = random.Random(seed)
    seen = set()
    batches = 0
    while compared < count:
        # One in twenty is a template of its own: white space, line ends, and templates that are wrong.
        batches += 1
        alone = batches % 20 == 0
        trees = trees_of(source, compared, alone)
        if without:
            trees = [tree for tree in trees if not re.search(without, str(tree))]
        compared += len(trees)
        for tree, pair in zip(trees, all_outcomes(engine, list(map(str, trees)), alone)):
            skipped += pair[0].kind == "skip" or within_bounds(*pair)
            if agree(*pair) or within_bounds(*pair):
                continue
            kind = kind_of(*pair)
            differences.counts[(kind,)] += 1
            most = REDUCED_PER_KIND if pair[1].kind == "error" else REDUCED_PER_KIND_OF_TEXT
            if differences.counts[(kind,)] > most:
                continue
            tree = reduce_tree(engine, tree, kind, alone)
            shape = (kind, skeleton(str(tree)))
            if shape not in seen:
                seen.add(shape)
                expected, got = all_outcomes(engine, [str(tree)], alone)[0]
                show(kind, "    " + repr(str(tree)), expected, got)
    print(f"\nseed {seed}")
    return differences.report(compared, skipped, time.time() - start)


# --- the reference itself


def validate(folders):
    """The reference against the published renderings, and against transformers on generated conversations."""
    from transformers.utils import chat_template_utils

    wrong = count = 0
    with open(os.path.join(GOLDEN, "cases.jsonl"), encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    templates = {}
    for case in cases:
        name = case["template"]
        if name not in templates:
            with open(os.path.join(GOLDEN, name + ".jinja"), encoding="utf-8", newline="") as file:
                templates[name] = reference.compile_template(file.read())
        got = reference.render(templates[name], case)
        want = case["expected"]
        if isinstance(want, str):
            right = got == Outcome("text", want)
        elif want["type"] == "TemplateError":
            right = got == Outcome("refused", want["error"])
        else:
            right = got.kind == "error"
        count += 1
        if not right:
            wrong += 1
            print(f"{name} {case['case']}: {want!r}\n    {got!r}")
    print(f"published renderings: {count - wrong} of {count} right")

    parted = count = 0
    for path in sorted(path for folder in folders for path in glob.glob(os.path.join(folder, "*.jinja"))):
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        template = reference.compile_template(text)
        if isinstance(template, Outcome):
            continue
        source = conversations.Conversations(text, random.Random(path))
        for line in (source.line() for _ in range(30)):
            if "strftime_now" in text:
                line["now"] = None
            got = reference.render(template, line)
            try:
                rendered, _ = chat_template_utils.render_jinja_template(
                    [line["messages"]], tools=line.get("tools"), documents=line.get("documents"), chat_template=text,
                    add_generation_prompt=line["add_generation_prompt"], **line["variables"])
                right = got.kind == "skip" or got == Outcome("text", rendered[0])
            except Exception as error:  # any error of Python's counts
                right = got.kind in ("error", "refused", "skip") and (
                    got.kind != "refused" or str(error) == got.text)
            count += 1
            if not right:
                parted += 1
                print(f"{path}: {json.dumps(line)}\n    {got!r}")
    print(f"generated conversations: {count - parted} of {count} as transformers renders them")
    return 1 if wrong or parted else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folders", nargs="*", help="folders of *.jinja beside the golden set")
    parser.add_argument("--count", type=int, default=100000, help="how many to compare (default 100000)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", default="", help="templates whose path has this in it")
    parser.add_argument("--no-golden", action="store_true", help="the given folders alone")
    parser.add_argument("--binaries", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--model", default=MODEL, help="the model whose tokenizer is borrowed")
    parser.add_argument("--expressions", action="store_true")
    parser.add_argument("--without", default="", help="leave out generated templates that this expression matches")
    parser.add_argument("--validate", action="store_true")
    given = parser.parse_args()
    folders = given.folders + ([] if given.no_golden else [GOLDEN])
    if given.validate:
        return validate(folders)
    engine = Engine(given.binaries, given.model)
    if given.expressions:
        return compare_expressions(engine, given.count, given.seed, given.without)
    return compare_conversations(engine, folders, given.count, given.seed, given.only)


if __name__ == "__main__":
    sys.exit(main())
