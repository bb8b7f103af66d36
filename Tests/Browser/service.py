"""The service under test: a demo, or `serve` with a configuration of ours. Everything started here is ended here."""

import contextlib
import json
import pathlib
import subprocess
import sys
import threading
import urllib.error
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
import programs  # noqa: E402
from programs import PATIENCE_S, ROOT, Failure, Program, free_port, tool, wait_for  # noqa: E402, F401

# For configurations: one fault, which `ausculta simulate` makes.
LABELS = """\
labels:
  compressor:
    - {id: normal, name: {en: Normal running, zh: 正常运行}, kind: normal,
       prompts: ["the sound of an air compressor running normally"]}
    - {id: bearing-lacking-oil, name: {en: Bearing lacking oil, zh: 轴承缺油}, kind: fault, severity: warning,
       prompts: ["an air compressor with a bearing lacking oil"]}
    - {id: other, name: {en: Other, zh: 其他}, kind: anchor, prompts: ["other sounds"]}
"""


class Service(Program):
    """Something with a dashboard at `base`."""

    base = ""

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, path, body):
        request = urllib.request.Request(self.base + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)


class Demo(programs.Demo, Service):
    """`ausculta demo`; compressor-2 runs out of oil."""

    def __init__(self, binary, folder):
        super().__init__(binary, folder, seconds=3000)


class Listening(Service):
    """`ausculta serve` with a configuration in `folder`, listening to one simulated machine at the broker given.

    The configuration's file, the log and the store are called `name`; `more` is what it says beside site, node, broker and
    store.
    """

    MACHINE, SITE, STATE = "", "", "bearing-lacking-oil"

    def __init__(self, binary, folder, broker_port, name, more, users_file=None):
        port = free_port()
        users = f", users_file: {users_file}" if users_file else ""
        file = folder / f"{name}.yaml"
        file.write_text(f"""\
site: {self.SITE}
node: {name}
broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}
{more}store: {{path: {name}.sqlite, retain: 1d}}
http: {{listen: "127.0.0.1:{port}"{users}}}
""")
        super().__init__([binary, "serve", "--config", file], folder / f"{name}.log")
        self.base = f"http://127.0.0.1:{port}"
        self.machine = Program(
            [binary, "simulate", "--machine", self.MACHINE, "--state", self.STATE, "--rate", "16000", "--site", self.SITE,
             "--broker", f"mqtt://127.0.0.1:{broker_port}", "--duration", "1800s"], folder / f"{name}-machine.log",
        )

    def wait_until(self, what, holds, seconds=PATIENCE_S):
        """Waits for something about a service that must go on running meanwhile."""
        def asked():
            if self.process.poll() is not None:
                raise Failure(f"serve ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            return holds()

        wait_for(what, asked, seconds)
        return self

    def stop(self):
        self.machine.stop()
        super().stop()


class Serve(Listening):
    """A service with two users and a failing machine."""

    PASSWORDS = {"mei": "a long pass phrase for mei", "otto": "another long one for otto"}
    MACHINE, SITE = "compressor-9", "browsertest"

    def __init__(self, binary, folder, broker_port):
        users = folder / "users"
        for name, role in (("mei", "operator"), ("otto", "viewer")):
            subprocess.run(
                [binary, "user", "add", name, "--role", role, "--file", users],
                input=self.PASSWORDS[name] + "\n", text=True, check=True, cwd=ROOT, capture_output=True, timeout=PATIENCE_S,
            )
        super().__init__(binary, folder, broker_port, "users", f"""\
window: {{length: 10s, hop: 5s}}
rule: {{consecutive: 2}}
{LABELS}machines:
  - {{id: {self.MACHINE}, profile: compressor}}
""", users_file=users.name)

    def ready(self):
        def answers():
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=20) as answer:
                    return answer.status == 200

        return self.wait_until("/readyz of the service with users", answers)


class Proposing(Listening):
    """A service that proposes a machine's normal sound by itself; windows of 2 s, so that 80 s are enough."""

    MACHINE, SITE, STATE = "compressor-8", "enroltest", "normal"

    def __init__(self, binary, folder, broker_port):
        super().__init__(binary, folder, broker_port, "proposing", f"""\
window: {{length: 2s, hop: 2s}}
enrolment: {{automatic: true, after: 80s}}
{LABELS}machines:
  - {{id: {self.MACHINE}, profile: compressor}}
""")

    def ready(self):
        return self.wait_until("the service that proposes", lambda: self.get(f"/api/v1/machines/{self.MACHINE}"))

    def enrolment(self):
        return self.get(f"/api/v1/machines/{self.MACHINE}/enrolment")


class Watched(Listening):
    """A service with a failing machine whose PLC says whether it runs; windows come every 2 s."""

    MACHINE, SITE, TOPIC = "compressor-7", "contexttest", "contexttest/plc"

    def __init__(self, binary, folder, broker_port):
        self.broker_port = broker_port
        super().__init__(binary, folder, broker_port, "watched", f"""\
window: {{length: 10s, hop: 2s}}
rule: {{consecutive: 2}}
{LABELS}machines:
  - id: {self.MACHINE}
    profile: compressor
    context: {{settle: 0s, signals: [{{name: run, topic: {self.TOPIC}, states: {{"1": running, "0": stopped}}}}]}}
""")

    def alarms(self, state="active"):
        return self.get(f"/api/v1/alarms?state={state}")["alarms"]

    def ready(self):
        return self.wait_until("the alarm of the machine with a PLC", self.alarms, 300)

    def say(self, running):
        """What the PLC says from now on."""
        subprocess.run(
            [tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(self.broker_port), "-q", "1", "-r", "-t", self.TOPIC, "-m",
             "1" if running else "0"], check=True, timeout=PATIENCE_S,
        )


class Subscriber:
    """What an independent MQTT client gets on one topic, as documents."""

    def __init__(self, port, topic):
        self.process = subprocess.Popen(
            [tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-q", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
        )
        self.documents = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.strip():
                self.documents.append(json.loads(line))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def make_sound(binary, folder, state, seconds):
    """A WAV of a simulated machine."""
    out = folder / state
    subprocess.run(
        [binary, "simulate", "--machine", "recorded", "--state", state, "--out", out, "--duration", f"{seconds}s", "--chunk",
         f"{seconds}s"], check=True, cwd=ROOT, capture_output=True, timeout=PATIENCE_S,
    )
    return next(out.glob("**/*.wav"))
