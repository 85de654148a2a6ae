"""Records what Python's jinja2 makes of small templates, set up as in reference.py.

    python3 tests/templates/record.py > tests/templates/cases.jsonl

In: templates.txt beside this file, of which lines of four dashes part the templates. Out: for each a line
{"template", "expected": the text, or null where it is an error, "error"}, then one with the variables that all of
them see. The suite compares these with ours, so that it needs no Python.
"""

import json
import os

import reference

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

NOW = "2025-03-09T14:05:06.000123"


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "templates.txt"), encoding="utf-8") as file:
        templates = file.read().split("\n----\n")
    line = {"messages": [], "variables": VARIABLES, "now": NOW}
    for template in templates:
        outcome = reference.render(reference.compile_template(template), line)
        case = {"template": template, "expected": outcome.text if outcome.kind == "text" else None}
        if outcome.kind != "text":
            case["error"] = outcome.text
        print(json.dumps(case))
    print(json.dumps({"variables": VARIABLES}))


main()
