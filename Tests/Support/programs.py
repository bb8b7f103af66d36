"""What tests that run the service share: programs in the background, waiting for something, free ports, the demo."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# How long something that takes seconds may take where the machine has much else to do.
PATIENCE_S = 180
# Debian keeps mosquitto out of people's PATH; Deploy/bootstrap unpacks Prometheus below .build.
SEARCH_PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin", str(ROOT / ".build/test-tools/usr/bin")])


class Failure(AssertionError):
    """A check did not hold; the text says which and what was found."""


def tool(name):
    """The path of a program the tests need."""
    found = shutil.which(name, path=SEARCH_PATH)
    if not found:
        raise Failure(f"there is no {name}; Deploy/bootstrap --test provides it")
    return found


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
            raise Failure(f"not within {seconds} s: {what}" + (f" ({trouble})" if trouble else ""))
        time.sleep(every)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program in the background, its output in a file; one that is started again goes on writing there."""

    # What asks it to end.
    ENDS_WITH = signal.SIGINT

    def __init__(self, command, log, **options):
        self.command = [str(part) for part in command]
        self.log = pathlib.Path(log)
        with self.log.open("ab") as output:
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
        """The first match in its output; what it said is told where it ends before, or says nothing of the kind."""
        def found():
            match = re.search(pattern, self.text())
            if not match and self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode}")
            return match

        try:
            return wait_for(f"'{pattern}' from {self.name}", found, seconds)
        except AssertionError as error:
            raise Failure(f"{error}\n{' '.join(self.command[:2])} said:\n{self.text()[-3000:]}") from None

    def stop(self, with_signal=None):
        """Ends it; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal or self.ENDS_WITH)
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait()


class Demo(Program):
    """`ausculta demo` on free ports: its broker's port and its dashboard's base address, once it is ready."""

    port, base = None, ""

    def __init__(self, binary, folder, *options, seconds):
        # The leash: should nobody be left to stop it, it ends by itself.
        folder = pathlib.Path(folder)
        super().__init__([binary, "demo", "--duration", seconds, "--keep", folder / "demo", *options], folder / "demo.log")

    def ready(self):
        self.port = int(self.wait_for(r"mqtt://127\.0\.0\.1:(\d+)").group(1))
        self.base = self.wait_for(r"open (http://[^/\s]+)").group(1)
        return self
