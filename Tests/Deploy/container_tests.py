"""The container files, by linters and by what they name; what `prepare` makes, with a real broker and the service."""

import base64
import json
import os
import pathlib
import re
import shutil
import sys
import unittest
import urllib.error
import urllib.request

from broker import wait_until_open
from support import BINARY, Case, ROOT, fetch, free_port, run, tool, wait_for

CONTAINER = ROOT / "Deploy/container"
DOCKERFILE = (CONTAINER / "Dockerfile").read_text()


def linter(name):
    found = pathlib.Path(sys.executable).with_name(name)
    if not found.exists():
        raise unittest.SkipTest(f"{name} is not there: the Python package index could not be reached")
    return found


class FileTests(Case):
    def test_hadolint_has_no_remark(self):
        done = run(linter("hadolint"), CONTAINER / "Dockerfile", ok=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_compose_file_follows_the_specification(self):
        run(linter("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", CONTAINER / "compose.yaml")

    def test_compose_lint_finds_nothing_of_weight(self):
        done = run(linter("compose-lint"), CONTAINER / "compose.yaml", ok=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_image_runs_without_rights_and_is_watched(self):
        last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
        self.assertEqual(DOCKERFILE.count("\nFROM "), 2)
        self.assertRegex(last, r"\nUSER [1-9]\d+\n")
        self.assertIn("\nHEALTHCHECK ", last)

    def test_its_packages_are_those_of_the_bootstrap_and_of_the_program(self):
        build, runtime = DOCKERFILE.split("\nFROM ")[1:]
        bootstrap = (ROOT / "Deploy/bootstrap").read_text()
        for name in re.findall(r"\b(lib[a-z0-9]+-dev|zlib1g-dev)\b", build):
            self.assertIn(f"\n{name}:", bootstrap)
        linked = run("ldd", BINARY).stdout
        for library, package in (("libargon2.so.1", "libargon2-1"), ("libmosquitto.so.1", "libmosquitto1"),
                                 ("libsndfile.so.1", "libsndfile1"), ("libsoxr.so.0", "libsoxr0"),
                                 ("libsqlite3.so.0", "libsqlite3-0")):
            self.assertIn(library, linked)
            self.assertRegex(runtime, rf"\b{package}\b")

    def test_what_compose_mounts_is_there(self):
        made = self.folder / "trial"
        run(CONTAINER / "prepare", "--into", made, env={**os.environ, "AUSCULTA": str(BINARY)})
        mounts = re.findall(r"- (\.[^:\s]+):/", (CONTAINER / "compose.yaml").read_text())
        self.assertGreater(len(mounts), 8)
        for mount in mounts:
            place = made / mount.removeprefix("./trial/") if mount.startswith("./trial/") else CONTAINER / mount
            self.assertTrue(place.exists(), mount)


class PreparedTests(Case):
    def test_broker_service_and_monitoring_know_each_other(self):
        made = self.folder / "trial"
        run(CONTAINER / "prepare", "--into", made, "compressor-1", "compressor-2", env={**os.environ, "AUSCULTA": str(BINARY)})
        again = run(CONTAINER / "prepare", "--into", made, ok=False, env={**os.environ, "AUSCULTA": str(BINARY)})
        self.assertEqual(again.returncode, 73)
        self.assertEqual(made.stat().st_mode & 0o077, 0)

        port, page = free_port(), free_port()
        text = (ROOT / "Deploy/mosquitto/ausculta.conf").read_text().replace("/etc/mosquitto/ausculta", str(made / "broker"))
        text = text.replace("/var/lib/mosquitto/", f"{self.folder}/").replace("listener 8883", f"listener {port} 127.0.0.1")
        text = text.replace("listener 8884", f"listener {free_port()} 127.0.0.1")
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(("user root\n" if os.getuid() == 0 else "") + text + "log_dest stderr\n")
        wait_until_open(self.program(tool("mosquitto"), "-c", configuration, name="mosquitto.log"), port)

        file = made / "ausculta/ausculta.yaml"
        text = file.read_text().replace("mqtts://broker:8883", f"mqtts://localhost:{port}").replace("0.0.0.0:8750", f"127.0.0.1:{page}")
        file.write_text(text.replace("/var/lib/ausculta", str(self.folder)))
        service = self.program(BINARY, "serve", "--config", file, name="serve.log")
        service.wait_for("broker: connected")
        self.assertIn("2 machines", service.text())

        # As the container's health check asks, and as Prometheus does.
        wait_for("/healthz", lambda: fetch(f"http://127.0.0.1:{page}/healthz"))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            fetch(f"http://localhost:{page}/metrics")
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()
        pair = f"monitor:{(made / 'monitor-password').read_text()}"
        request = urllib.request.Request(f"http://localhost:{page}/metrics")
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
        self.assertIn("ausculta_broker_connected", fetch(request))

    def test_prometheus_and_grafana_files_are_valid(self):
        folder = self.folder
        shutil.copy(ROOT / "Dashboards/prometheus/ausculta.rules.yml", folder)
        text = (CONTAINER / "prometheus.yml").read_text()
        (folder / "monitor-password").write_text("x")
        (folder / "prometheus.yml").write_text(text.replace("/etc/prometheus/", f"{folder}/"))
        run(tool("promtool"), "check", "config", folder / "prometheus.yml")
        compose = (CONTAINER / "compose.yaml").read_text()
        self.assertIn("username: monitor", text)
        self.assertIn('targets: ["ausculta:8750"]', text)
        self.assertRegex(compose, r"\n  ausculta:\n")
        self.assertIn("http://prometheus:9090", (CONTAINER / "grafana.yaml").read_text())
        # The dashboards ask for the data source by a variable, whose kind is the one provisioned.
        for file in (ROOT / "Dashboards/grafana").glob("*.json"):
            variables = json.loads(file.read_text())["templating"]["list"]
            self.assertEqual([each["query"] for each in variables if each["type"] == "datasource"], ["prometheus"])
