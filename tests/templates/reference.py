"""The reference: chat templates as Python's jinja2 renders them, set up as transformers 5 sets it up
(render_jinja_template). In: a template's text and one input line, the object that `rlx chat --render` reads. Out: an
Outcome, that is a text, the template's own refusal, or Python's error. Own code on jinja2 alone; where transformers
is installed, compare.py --validate also holds it against transformers itself.
"""

import datetime
import json
import re
import signal
from typing import NamedTuple

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox
import jinja2.utils

# A rendering that takes longer is left out of the comparison: random expressions can ask for very much.
SECONDS_PER_RENDERING = 3

# Python prints the addresses of objects such as generators; no other program can print the same.
ADDRESS = re.compile(r"0x[0-9a-f]{10,}", re.IGNORECASE)


class Outcome(NamedTuple):
    """What a rendering came to. kind: "text"; "refused", by the template's raise_exception; "error", any other;
    "syntax", the template itself is wrong; "skip", nothing to compare; of rlx alone also "crash" and "hang"."""

    kind: str
    text: str


class TooLong(Exception):
    """The rendering took longer than SECONDS_PER_RENDERING."""


class Generation(jinja2.ext.Extension):
    """{% generation %}...{% endgeneration %} renders its body; trainers use the mark."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Namespace(jinja2.utils.Namespace):
    """A namespace that takes no attributes with a leading underscore."""

    def __init__(*arguments, **named):
        self, *rest = arguments
        attributes = dict(*rest, **named)
        for name in attributes:
            _refuse_underscore(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        _refuse_underscore(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)


def _refuse_underscore(name):
    if isinstance(name, str) and name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"a namespace takes no attribute {name!r}")


class Dictionary:
    """`dict` as templates see it: called, or its fromkeys."""

    def __call__(self, *arguments, **named):
        return dict(*arguments, **named)

    def fromkeys(self, *arguments):
        return dict.fromkeys(*arguments)


def _raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def _tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    """The environment of transformers; strftime_now comes with each line, since its moment does."""
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    made.filters["tojson"] = _tojson
    made.globals.update(raise_exception=_raise_exception, dict=Dictionary(), namespace=Namespace)
    return made


ENVIRONMENT = environment()


def compile_template(text):
    """The compiled template, or the Outcome "syntax"."""
    try:
        return ENVIRONMENT.from_string(text)
    except (RecursionError, MemoryError) as error:
        return Outcome("skip", f"{type(error).__name__}: {error}")
    except Exception as error:  # syntax errors, and what computing with constants raises
        return Outcome("syntax", f"{type(error).__name__}: {error}")


def with_reasoning(messages):
    """transformers 5 gives every message that has reasoning under one name the other names too."""
    made = []
    for message in messages:
        if isinstance(message, dict):
            names = ("reasoning_content", "thinking", "reasoning")
            reasoning = next((message[name] for name in names if message.get(name) is not None), None)
            if reasoning is not None:
                message = {"thinking": reasoning, **message, "reasoning_content": reasoning}
        made.append(message)
    return made


def names_of(line):
    """The names that the template sees for this input line."""
    moment = datetime.datetime.fromisoformat(line["now"]) if line.get("now") else datetime.datetime.now()
    return {
        "strftime_now": moment.strftime,
        "messages": with_reasoning(line["messages"]),
        "tools": line.get("tools"),
        "documents": line.get("documents"),
        "add_generation_prompt": line.get("add_generation_prompt", False),
        **line.get("variables", {}),
    }


def render(template, line):
    """The Outcome of a compiled template for one input line."""
    if isinstance(template, Outcome):
        return template

    def too_long(_number, _frame):
        raise TooLong

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_RENDERING)
    try:
        text = template.render(names_of(line))
    except (TooLong, MemoryError, RecursionError) as error:
        return Outcome("skip", type(error).__name__)
    except jinja2.exceptions.TemplateError as error:
        kind = "refused" if type(error) is jinja2.exceptions.TemplateError else "error"
        return Outcome(kind, str(error.message) if kind == "refused" else f"{type(error).__name__}: {error}")
    except Exception as error:  # whatever Python raises is an error of the rendering
        return Outcome("error", f"{type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if ADDRESS.search(text):
        return Outcome("skip", "prints an address")
    if any("\ud800" <= character <= "\udfff" for character in text):
        return Outcome("skip", "prints half a surrogate pair")
    return Outcome("text", text)


def agree(expected, got):
    """Whether rlx's Outcome is what the reference asks for: the same text, the same refusal, or any error."""
    if expected.kind == "skip":
        return got.kind not in ("crash", "hang")
    if expected.kind == "text":
        return got == expected
    if expected.kind == "refused":
        return got.kind == "error" and got.text == expected.text
    return got.kind in ("error", "syntax")
