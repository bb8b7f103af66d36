"""The readers' guides: their commands are run as printed, a WAV file in the microphone's place, and both languages agree."""

import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from broker import PlainBroker
from support import BINARY, Case, Listener, ROOT, run

GUIDES = ROOT / "docs/guides"
SECONDS = 5
WINDOW = "ausculta/plant1/compressor-1/window"


def named_blocks(page, kind):
    text = (GUIDES / page).read_text()
    return dict(re.findall(rf"<!-- {kind}: (\S+) -->\n```\w+\n(.*?)```", text, re.DOTALL))


def blocks(page):
    return re.findall(r"```\w+\n(.*?)```", (GUIDES / page).read_text(), re.DOTALL)


def without_words(code):
    """Code without comments and texts, which are translated."""
    return re.sub(r"(//.*)|(\"comment\": \"[^\"]*\")", "", code)


class PageTests(unittest.TestCase):
    def test_both_languages_show_the_same_commands_and_payloads(self):
        for page in ("machine-builder", "scada-integrator", "planner"):
            english, chinese = blocks(f"{page}.md"), blocks(f"{page}.zh-CN.md")
            self.assertEqual([without_words(code) for code in english], [without_words(code) for code in chinese], page)

    def test_links_lead_somewhere(self):
        for page in sorted(GUIDES.glob("*.md")) + [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "docs/deployment.md"]:
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_readmes_lead_to_the_guides(self):
        for page in ("machine-builder", "scada-integrator", "planner"):
            self.assertIn(f"docs/guides/{page}.md", (ROOT / "README.md").read_text())
            self.assertIn(f"docs/guides/{page}.zh-CN.md", (ROOT / "README.zh-CN.md").read_text())


class CommandTests(Case):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ausculta-deploy-guides-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        run(BINARY, "simulate", "--machine", "recorded", "--rate", "16000", "--duration", f"{SECONDS}s", "--chunk", f"{SECONDS}s",
            "--out", folder)
        cls.recording = next(folder.glob("**/*.wav"))
        cls.programs = folder / "bin"
        cls.programs.mkdir()
        (cls.programs / "ausculta").symlink_to(BINARY)
        # The microphone: the recording's samples, a second a second.
        microphone = cls.programs / "arecord"
        microphone.write_text(f"""#!{sys.executable}
import sys, time, wave
assert sys.argv[1:] == "-q -D plughw:1 -f S16_LE -r 16000 -c 1 -t raw".split(), sys.argv
with wave.open({str(cls.recording)!r}) as sound:
    assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
    while samples := sound.readframes(16000):
        sys.stdout.buffer.write(samples)
        sys.stdout.buffer.flush()
        time.sleep(0.2)
""")
        microphone.chmod(0o755)
        try:
            import imageio_ffmpeg
            (cls.programs / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
        except ImportError:
            pass

    def configuration(self, port, machine="{id: compressor-1, profile: compressor}"):
        file = self.folder / "ausculta.yaml"
        file.write_text(f"""\
site: plant1
broker: {{url: "mqtt://127.0.0.1:{port}"}}
window: {{length: 3s, hop: 2s}}
labels:
  compressor:
    - {{id: normal, name: Normal, kind: normal, prompts: ["an air compressor running normally"]}}
    - {{id: dry, name: Dry, kind: fault, prompts: ["an air compressor with a bearing lacking oil"]}}
{machine if "machines:" in machine else "machines:" + chr(10) + "  - " + machine}
store: {{path: "{self.folder}/trend.sqlite"}}
http: {{listen: off}}
""")
        return file

    def heard_after(self, name, machine=None, needs_ffmpeg=False):
        """Runs a block of the guide beside a service, and returns the first window that came of it."""
        if needs_ffmpeg and not (self.programs / "ffmpeg").exists():
            self.skipTest("ffmpeg comes from the Python package index, which could not be reached")
        broker = self.start(PlainBroker(self.folder / "broker"))
        file = self.configuration(broker.port, *([machine] if machine else []))
        self.program(BINARY, "serve", "--config", file, name="serve.log").wait_for("broker: connected")
        ear = self.start(Listener(self.folder / "heard", "-p", str(broker.port), "-t", "ausculta/plant1/+/window"))
        shutil.copy(self.recording, self.folder / "machine.wav")
        environment = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", "HOST": "127.0.0.1", "PORT": str(broker.port),
                       "PACE": "0.2"}
        run("bash", "-e", "-o", "pipefail", "-c", named_blocks("machine-builder.md", "run")[name], cwd=self.folder, env=environment)
        window = json.loads(ear.first(WINDOW))
        self.assertEqual(window["missing_fraction"], 0)
        self.assertNotIn("microphone", window["verdict"])
        # Samples that were misread would be noise near full scale, or nothing.
        self.assertTrue(-45 < window["level_dbfs"] < -5, window["level_dbfs"])
        return file

    def test_recording(self):
        self.heard_after("recording", needs_ffmpeg=True)

    def test_publish_and_what_the_planner_reads(self):
        file = self.heard_after("publish")
        environment = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", "CONFIG": str(file)}
        said = run("bash", "-e", "-c", named_blocks("planner.md", "run")["planner"], cwd=self.folder, env=environment).stdout
        self.assertIn("compressor-1", said)
        self.assertIn("TOP LABEL", said)
        rows = (self.folder / "compressor-1.csv").read_text().splitlines()
        self.assertTrue(rows[0].startswith("machine,start,end,label"))
        self.assertGreater(len(rows), 1)

    def test_raspberry(self):
        self.heard_after("raspberry")

    def test_raspberry_without_ausculta(self):
        self.heard_after("raspberry-split")

    def test_esp32(self):
        self.heard_after("esp32", machine=named_blocks("machine-builder.md", "config")["esp32"].rstrip(), needs_ffmpeg=True)

    def test_every_named_block_is_run(self):
        self.assertEqual(set(named_blocks("machine-builder.md", "run")), {"recording", "publish", "raspberry", "raspberry-split", "esp32"})
        self.assertEqual(set(named_blocks("planner.md", "run")), {"planner"})
