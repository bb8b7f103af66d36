"""What the deployment's tests share: the program under test, commands, a listener, a test's own folder."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from programs import PATIENCE_S, ROOT, SEARCH_PATH, Demo, Program, free_port, tool, wait_for  # noqa: E402, F401

BINARY = pathlib.Path(os.environ.get("AUSCULTA", ROOT / ".build/debug/ausculta")).resolve()


def run(*command, ok=True, **options):
    """A command's finished process; one that fails is told with what it said, unless `ok` is False."""
    options = {"capture_output": True, "text": True, "timeout": PATIENCE_S, "cwd": ROOT, **options}
    done = subprocess.run([str(part) for part in command], **options)
    if ok and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def fetch(url, timeout=30):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


class Listener(Program):
    """mosquitto_sub; what it received, as (topic, payload)."""

    def __init__(self, log, *options):
        super().__init__([tool("mosquitto_sub"), "-v", *options], log)

    def messages(self):
        return [tuple(line.split(" ", 1)) for line in self.text().splitlines() if " " in line and "/" in line.split(" ")[0]]

    def first(self, topic, condition=lambda payload: True, seconds=PATIENCE_S):
        def found():
            if self.process.poll() is not None:
                raise AssertionError(f"mosquitto_sub ended with {self.process.returncode}: {self.text()[-500:]}")
            for name, payload in self.messages():
                if name == topic and condition(payload):
                    return payload
            return None

        return wait_for(f"a message on {topic}", found, seconds)


class Case(unittest.TestCase):
    """A test with a folder of its own; what it starts is stopped, the last first."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="ausculta-deploy-")))

    if not hasattr(unittest.TestCase, "enterContext"):  # Python before 3.11

        def enterContext(self, manager):
            value = manager.__enter__()
            self.addCleanup(manager.__exit__, None, None, None)
            return value

    def start(self, program):
        self.addCleanup(program.stop)
        return program

    def program(self, *command, name="program.log", **options):
        return self.start(Program(command, self.folder / name, **options))


@contextlib.contextmanager
def demo(*options):
    """`ausculta demo`: its base address, once its dashboard is there."""
    with tempfile.TemporaryDirectory(prefix="ausculta-deploy-demo-") as folder:
        program = Demo(BINARY, folder, *options, seconds=600)
        try:
            program.broker_port = program.ready().port
            yield program
        finally:
            program.stop()


def load_json(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise AssertionError(f"no JSON: {error}\n{text[:300]}") from None
