"""Generated conversations. In: a template's text and a random number generator. Out: input lines for `rlx chat
--render`. What the template looks at (its names, the attributes and the short strings in it) is what the conversations
are made of, beside what any conversation has, so that its branches are taken.
"""

import jinja2.meta
import jinja2.nodes

from reference import ENVIRONMENT

SPACES = [chr(code) for code in (
    9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F,
    0x3000, 0x180E, 0x200B, 0x200D, 0x2060, 0xFEFF, 0)]
WORDS = [
    "Hello", "Who are you?", "2+2?", "a", "0", "", "None", "true", "Straße", "ÄÖÜ ŉ ǆ ﬁ İ ı", "日本語のテキスト", "שלום", "é",
    "e\u0301", "👩‍👩‍👧‍👦 🇩🇪", "𝔘𝔫𝔦", "\x00\x01\x7f\x9f", "\ufffd\uffff\U0010ffff", "\"quoted\" 'single' \\ back\\slash",
    "<b>&amp;</b> 5 > 3", "{{ 1 }} {% if %} {# c #}", "%s %d %%", "line one\nline two\r\nline three\n\n", "tab\there",
    "<|im_start|>system\nno<|im_end|>", "<|im_end|>", "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<|eot_id|>",
    "<start_of_turn>", "<|endoftext|>", "<think>", "</think>", "<think>\nhm\n</think>\n\nSo.", "a</think>b</think>c",
    "<tool_call>\n{\"name\": \"f\"}\n</tool_call>", "{\"a\": 1, \"b\": [1.5, null]}", "[1, 2]", "<image>", "/no_think",
    "```python\nprint('x')\n```", "ends with newline\n", "\n\nstarts with newlines", "x" * 300]
ROLES = ["user"] * 6 + ["assistant"] * 5 + ["system", "system", "tool", "tool", "developer", "function", "ipython", "User", "",
                                           "ASSISTANT", "model", "context", "tool_response", "observation"]
NUMBERS = [0, 1, -1, 7, 42, 2**31, 2**53 + 1, 2**63 - 1, -2**63, 0.1, -0.0, 0.0, 1.0, 1e22, 1e16, 1e15, 1e-7, 1e-4, 1e-5,
           123456789.123, 1e300, 5e-324, 3.0000000000000004, 1 / 3, 100000000000000000.0]
WIDE_NUMBERS = [2**63, 2**64, -2**63 - 1, 10**30]
KEYS = ["a", "city", "name", "type", "id", "items", "keys", "values", "get", "päth", "日本", "", "two words", "q\"uote", "0",
        "content", "arguments", "ключ", "😀", "Z", "z"]
TYPES = ["string", "integer", "number", "boolean", "array", "object", "null", ["string", "null"], "STRING", "any"]
GLOBALS = {"continue_final_message", "messages", "tools", "documents", "add_generation_prompt", "raise_exception", "strftime_now", "namespace",
           "range", "dict", "bos_token", "eos_token", "caller", "loop"}


class Harvest:
    """What a template looks at: names that the caller may set, attributes, short strings."""

    def __init__(self, text):
        tree = ENVIRONMENT.parse(text)
        self.names = sorted(jinja2.meta.find_undeclared_variables(tree) - GLOBALS)
        strings = {node.value for node in tree.find_all(jinja2.nodes.Const) if isinstance(node.value, str)}
        strings |= {node.data.strip() for node in tree.find_all(jinja2.nodes.TemplateData)}
        self.strings = sorted(string for string in strings if 0 < len(string) <= 40) or ["x"]
        attributes = {node.attr for node in tree.find_all(jinja2.nodes.Getattr)}
        attributes |= {node.arg.value for node in tree.find_all(jinja2.nodes.Getitem)
                       if isinstance(node.arg, jinja2.nodes.Const) and isinstance(node.arg.value, str)}
        self.attributes = sorted(attributes) or ["content"]


class Conversations:
    """A source of input lines for one template."""

    def __init__(self, text, random):
        self.harvest = Harvest(text)
        self.random = random

    def line(self):
        random = self.random
        made = {"messages": self._conversation(), "add_generation_prompt": random.random() < 0.6}
        if random.random() < 0.4:
            made["tools"] = [self._tool() for _ in range(random.choice([0, 1, 1, 2, 3]))]
        elif random.random() < 0.3:
            made["tools"] = None
        if random.random() < 0.15:
            made["documents"] = [self._document() for _ in range(random.choice([0, 1, 2]))]
        made["variables"] = self._variables()
        made["now"] = (f"{random.randint(1970, 2099)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
                       f"T{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}")
        return made

    def _variables(self):
        random = self.random
        made = {"bos_token": random.choice(["<s>", "<|begin|>", ""]), "eos_token": random.choice(["</s>", "<|im_end|>", ""])}
        for name in self.harvest.names:
            if random.random() < 0.35:
                made[name] = self._option()
        if random.random() < 0.3:
            made["enable_thinking"] = random.random() < 0.5
        return made

    def _option(self):
        random = self.random
        kind = random.random()
        if kind < 0.5:
            return random.random() < 0.5
        if kind < 0.75:
            return random.choice(self.harvest.strings + ["low", "medium", "high", "auto", "none"])
        return self._value(2) if kind < 0.95 else None

    def _conversation(self):
        random = self.random
        kind = random.random()
        if kind < 0.35:
            return self._plain()
        if kind < 0.5:
            return [self._message(random.choice(ROLES)) for _ in range(random.choice([0, 1, 1, 2, 3, 4, 7]))]
        messages = [self._message(random.choice(["system", "system", "developer"]))] if random.random() < 0.5 else []
        for _ in range(random.choice([1, 1, 2, 3])):
            messages.append(self._message("user"))
            if random.random() < 0.35:
                messages.append(self._message("assistant", calls=True))
                messages += [self._message("tool") for _ in range(random.choice([1, 1, 2]))]
            if random.random() < 0.6:
                messages.append(self._message("assistant"))
        return messages

    def _plain(self):
        """Turns as every template takes them."""
        random = self.random
        roles = ["user", "assistant"] * random.choice([1, 1, 2, 3])
        roles = roles[:len(roles) - (random.random() < 0.7)]
        system = ["system"] if random.random() < 0.35 else []
        return [{"role": role, "content": self._text()} for role in system + roles]

    def _message(self, role, calls=False):
        random = self.random
        if random.random() < 0.02:
            role = random.choice(self.harvest.strings)
        message = {"role": role, "content": self._content()}
        if calls or random.random() < 0.04:
            message["tool_calls"] = [self._call() for _ in range(random.choice([1, 1, 1, 2, 0]))]
            if random.random() < 0.4:
                message["content"] = random.choice([None, ""])
        if role == "tool" or random.random() < 0.02:
            if random.random() < 0.7:
                message["tool_call_id"] = random.choice(["abcdefghi", "call_1", "123456789", ""])
            if random.random() < 0.6:
                message["name"] = random.choice(["get_weather", "f", "日本"])
        if role == "assistant" and random.random() < 0.25:
            message[random.choice(["reasoning_content", "thinking", "reasoning"])] = self._text()
        if random.random() < 0.1:
            message[random.choice(self.harvest.attributes)] = self._value(2)
        if random.random() < 0.03:
            del message[random.choice(list(message))]
        if random.random() < 0.1:
            pairs = list(message.items())
            random.shuffle(pairs)
            message = dict(pairs)
        return message

    def _content(self):
        random = self.random
        kind = random.random()
        if kind < 0.75:
            return self._text()
        if kind < 0.92:
            return [self._part() for _ in range(random.choice([0, 1, 1, 2, 3]))]
        if kind < 0.95:
            return None
        return self._value(2)

    def _part(self):
        random = self.random
        kind = random.random()
        if kind < 0.6:
            return {"type": "text", "text": self._text()}
        if kind < 0.75:
            return random.choice([{"type": "image"}, {"type": "image", "url": "a.png"}, {"type": "video"}, {"type": "audio"},
                                  {"type": "image_url", "image_url": {"url": "http://x/a.png"}}])
        if kind < 0.85:
            return {"type": random.choice(self.harvest.strings), random.choice(self.harvest.attributes): self._text()}
        return self._value(1) if kind < 0.95 else self._text()

    def _text(self):
        random = self.random
        kind = random.random()
        if kind < 0.01:
            return random.choice(WORDS) * random.choice([100, 1000])
        pieces = [random.choice(SPACES) * random.choice([1, 1, 2]) for _ in range(random.choice([0, 0, 0, 1, 3]))]
        for _ in range(random.choice([0, 1, 1, 1, 2, 4])):
            pieces.append(random.choice(self.harvest.strings if random.random() < 0.25 else WORDS))
            pieces.append(random.choice(SPACES if random.random() < 0.2 else ["", " ", "\n"]))
        if random.random() < 0.7 and pieces:
            return "".join(pieces).strip() or "Hi"
        return "".join(pieces)

    def _value(self, depth):
        """Any JSON value, at most so deep."""
        random = self.random
        kind = random.random()
        if depth and kind < 0.2:
            return [self._value(depth - 1) for _ in range(random.choice([0, 1, 2, 3]))]
        if depth and kind < 0.45:
            return {random.choice(KEYS): self._value(depth - 1) for _ in range(random.choice([0, 1, 2, 4]))}
        if kind < 0.65:
            return random.choice(WIDE_NUMBERS if random.random() < 0.02 else NUMBERS)
        return random.choice([True, False, None]) if kind < 0.78 else self._text()

    def _arguments(self):
        return {self.random.choice(KEYS): self._value(3) for _ in range(self.random.choice([0, 1, 1, 2, 3]))}

    def _call(self):
        random = self.random
        function = {"name": random.choice(["get_weather", "f", "über", "a.b"]), "arguments": self._arguments()}
        kind = random.random()
        if kind < 0.1:
            function["arguments"] = random.choice(["{\"a\": 1}", "", "no json"])
        elif kind < 0.13:
            del function[random.choice(list(function))]
        call = {"type": "function", "function": function} if random.random() < 0.85 else function
        if random.random() < 0.6:
            call["id"] = random.choice(["abcdefghi", "call_1", "", "123456789", 7])
        return call

    def _schema(self, depth):
        random = self.random
        made = {"type": random.choice(TYPES)}
        if random.random() < 0.7:
            made["description"] = self._text()
        if random.random() < 0.2:
            made["enum"] = [self._value(0) for _ in range(random.choice([0, 1, 3]))]
        if random.random() < 0.15:
            made[random.choice(["default", "minimum", "nullable", "format", "title", "const"])] = self._value(1)
        if random.random() < 0.1:
            made[random.choice(self.harvest.attributes)] = self._value(1)
        if depth and random.random() < 0.3:
            made["items"] = self._schema(depth - 1)
        if depth and (made["type"] == "object" or random.random() < 0.15):
            made.update(self._object(depth - 1))
        if depth and random.random() < 0.1:
            made[random.choice(["anyOf", "oneOf", "allOf"])] = [self._schema(depth - 1) for _ in range(2)]
        if random.random() < 0.08:
            del made["type"]
        return made

    def _object(self, depth):
        random = self.random
        properties = {random.choice(KEYS): self._schema(depth) for _ in range(random.choice([0, 1, 2, 3]))}
        made = {"type": "object", "properties": properties}
        if random.random() < 0.6:
            made["required"] = [name for name in properties if random.random() < 0.6]
        return made

    def _tool(self):
        random = self.random
        function = {"name": random.choice(["get_weather", "f", "über", "code_interpreter", "brave_search"]),
                    "description": self._text(), "parameters": self._object(3)}
        if random.random() < 0.15:
            function["return"] = self._schema(1)
        if random.random() < 0.1:
            del function[random.choice(list(function))]
        return {"type": "function", "function": function} if random.random() < 0.9 else function

    def _document(self):
        random = self.random
        made = {"title": self._text(), "text": self._text()}
        if random.random() < 0.4:
            made[random.choice(KEYS + self.harvest.attributes)] = self._value(2)
        return made
