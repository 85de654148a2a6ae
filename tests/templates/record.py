"""Records what Python's jinja2 makes of small templates: tests/templates/cases.jsonl.

    python3 tests/templates/record.py > tests/templates/cases.jsonl

Needs jinja2 3.1 (PyPI). The environment is the one in which Hugging Face transformers renders chat
templates; the suite compares the recorded texts with ours, so that it needs no Python.
A case is {"template", "variables", "expected": text or null where it is an error, "now"}.
"""

import datetime
import json
import sys

import jinja2
import jinja2.ext
import jinja2.sandbox

VARIABLES = {
    "n": 7, "x": 2.5, "big": 123456789012345678901234567890, "yes": True, "no": False, "nothing": None,
    "s": "Hello, World", "empty": "", "uni": "Straße ΑΣ ǆ 日本 😀é", "spaces": " \t a  b\n\u00a0c \u3000",
    "l": [3, 1, 2], "words": ["b", "A", "c", "a"], "d": {"b": 2, "a": 1, "C": {"x": [1, None, True]}},
    "users": [{"name": "Ann", "age": 30, "tags": ["x"]}, {"name": "bob", "age": 25, "tags": []},
              {"name": "Cid", "age": 30, "nick": "C"}],
    "html": "<a href=\"x\">'&'</a>", "quotes": "it's \"so\" \\ \n\t\u200d\x07", "nested": [[1, 2], [3, [4]]],
    "floats": [1e22, 0.1, -0.0, 1e-7, 123456.789, 1e16, 1e15, 5e-324], "items": {"items": 1, "get": 2},
    "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}],
}

TEMPLATES = open(sys.argv[1] if len(sys.argv) > 1 else __file__.replace("record.py", "templates.txt"),
                 encoding="utf-8").read().split("\n----\n")
NOW = "2025-03-09T14:05:06.000123"


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_run"), [], [], body).set_lineno(line)

    def _run(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda f: datetime.datetime.fromisoformat(NOW).strftime(f)
    return env


def main():
    env = environment()
    for template in TEMPLATES:
        case = {"template": template, "variables": VARIABLES, "now": NOW}
        try:
            case["expected"] = env.from_string(template).render(**VARIABLES)
        except Exception as error:
            case["expected"] = None
            case["error"] = f"{type(error).__name__}: {error}"
        del case["variables"]
        print(json.dumps(case))
    print(json.dumps({"variables": VARIABLES}))


main()
