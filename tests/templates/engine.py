"""rlx as the comparison drives it. In: template texts and input lines. Out: Outcomes. One rlxc for a template, one
`rlx chat --render` for a batch of lines; a process that dies or hangs costs one line, and the rest go on.
"""

import json
import os
import subprocess
import tempfile

from reference import Outcome

BUILD_SECONDS = 60
BATCH_SECONDS = 300


class Engine:
    """The two programs, a model whose tokenizer is borrowed, and a folder for what they make."""

    def __init__(self, binaries, model):
        self.compiler = os.path.join(binaries, "rlxc")
        self.runner = os.path.join(binaries, "rlx")
        self.model = model
        self.folder = tempfile.TemporaryDirectory(prefix="rlx-templates-")
        self.builds = 0

    def build(self, text):
        """The path of the compiled template, or the Outcome of a build that failed."""
        self.builds += 1
        source = os.path.join(self.folder.name, "template.jinja")
        made = os.path.join(self.folder.name, f"template-{self.builds % 8}.rlx")
        with open(source, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(text)
        command = [self.compiler, "build", self.model, "--tokenizer-only", f"--chat-template={source}", "-o", made]
        try:
            done = subprocess.run(command, capture_output=True, timeout=BUILD_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return Outcome("hang", "rlxc build")
        message = (done.stderr + done.stdout).decode("utf-8", "replace").strip()
        if done.returncode == 0:
            return made
        return Outcome("syntax" if done.returncode in (1, 2) else "crash", f"rlxc, status {done.returncode}: {message}")

    def render(self, made, lines):
        """The Outcomes of the lines (objects, or texts that go as they are)."""
        if isinstance(made, Outcome):
            return [made] * len(lines)
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=len(repr(line)) % 2 == 0)
                 for line in lines]
        outcomes = []
        while len(outcomes) < len(texts):
            rest = texts[len(outcomes):]
            answers, end = self._run(made, rest)
            outcomes += answers
            if len(answers) < len(rest):
                outcomes.append(end)
        return outcomes

    def _run(self, made, texts):
        """The Outcomes of the lines that one process answered, and what ended it."""
        given = "".join(text + "\n" for text in texts).encode("utf-8", "surrogatepass")
        command = [self.runner, "chat", made, "--render"]
        try:
            done = subprocess.run(command, input=given, capture_output=True, timeout=BATCH_SECONDS, check=False)
        except subprocess.TimeoutExpired as stopped:
            return self._answers(stopped.stdout or b"", len(texts) - 1), Outcome("hang", "rlx chat --render")
        words = done.stderr.decode("utf-8", "replace").strip()
        return self._answers(done.stdout, len(texts)), Outcome("crash", f"rlx, status {done.returncode}: {words[-2000:]}")

    @staticmethod
    def _answers(output, most):
        outcomes = []
        for line in output.split(b"\n")[:-1][:most]:
            try:
                answer = json.loads(line.decode("utf-8"))
            except ValueError as error:
                outcomes.append(Outcome("crash", f"no JSON comes out: {error}: {line[:200]!r}"))
                continue
            kind = "text" if "text" in answer else "error"
            outcomes.append(Outcome(kind, str(answer[kind])))
        return outcomes
