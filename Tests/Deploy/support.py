"""What the deployment's tests share: the program under test, background programs, private brokers, free ports."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("AUSCULTA", ROOT / ".build/debug/ausculta")).resolve()
# How long something that takes seconds may take where the machine has much else to do.
PATIENCE_S = 120
# Debian keeps mosquitto out of people's PATH; Deploy/bootstrap unpacks Prometheus below .build.
SEARCH_PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin", str(ROOT / ".build/test-tools/usr/bin")])


def tool(name):
    """The path of a program the tests need."""
    found = shutil.which(name, path=SEARCH_PATH)
    if not found:
        raise AssertionError(f"there is no {name}; Deploy/bootstrap --test provides it")
    return found


def run(*command, ok=True, **options):
    """A command's finished process; one that fails is told with what it said, unless `ok` is False."""
    options = {"capture_output": True, "text": True, "timeout": PATIENCE_S, "cwd": ROOT, **options}
    done = subprocess.run([str(part) for part in command], **options)
    if ok and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def wait_for(what, condition, seconds=PATIENCE_S, every=0.1):
    """Asks `condition` until it gives something true, and returns that; the last exception is told on failure."""
    deadline = time.monotonic() + seconds
    trouble = None
    while True:
        try:
            value = condition()
            if value:
                return value
            trouble = None
        except AssertionError:
            raise
        except Exception as error:
            trouble = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}" + (f" ({trouble})" if trouble else ""))
        time.sleep(every)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, timeout=30):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


class Program:
    """A program in the background, its output in a file; ended with SIGINT."""

    def __init__(self, command, log, **options):
        self.command = [str(part) for part in command]
        self.log = pathlib.Path(log)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command, cwd=options.pop("cwd", ROOT), stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, **options,
            )

    @property
    def name(self):
        return pathlib.Path(self.command[0]).name

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern, seconds=PATIENCE_S):
        def found():
            match = re.search(pattern, self.text())
            if not match and self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            return match

        try:
            return wait_for(f"'{pattern}' from {self.name}", found, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.name} said:\n{self.text()[-3000:]}") from None

    def stop(self, with_signal=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


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
        # The leash: should nobody be left to stop it, it ends by itself.
        program = Program([BINARY, "demo", "--duration", "600", "--keep", f"{folder}/demo", *options], f"{folder}/demo.log")
        try:
            program.broker_port = int(program.wait_for(r"mqtt://127\.0\.0\.1:(\d+)").group(1))
            program.base = program.wait_for(r"open (http://[^/\s]+)").group(1)
            yield program
        finally:
            program.stop()


def load_json(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise AssertionError(f"no JSON: {error}\n{text[:300]}") from None
