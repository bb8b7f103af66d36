"""/metrics of a running demo: Prometheus scrapes it, its rules fire, every query of every dashboard has data, and the
Node-RED flow understands what the broker sends."""

import json
import pathlib
import re
import shutil
import tempfile
import unittest
import urllib.parse

from support import Listener, Program, ROOT, demo, fetch, free_port, load_json, run, tool, wait_for

PROMETHEUS = ROOT / "Dashboards/prometheus"
DASHBOARDS = sorted((ROOT / "Dashboards/grafana").glob("*.json"))
RULES = PROMETHEUS / "ausculta.rules.yml"

# What a plant's monitoring needs to know, by what it is about.
FAMILIES = {
    "windows of a machine": "ausculta_windows_total", "drops of a machine": "ausculta_chunks_dropped_total",
    "gaps of a machine": "ausculta_stream_gaps_total", "latency": "ausculta_window_latency_seconds_bucket",
    "level": "ausculta_machine_level_dbfs", "health": "ausculta_machine_health_ratio",
    "alarm state": "ausculta_alarm_active", "acknowledgement": "ausculta_alarm_unacknowledged",
    "queue of windows": "ausculta_windows_queued", "outbox": "ausculta_outbox_pending_messages",
    "outbox age": "ausculta_outbox_oldest_age_seconds", "inference time": "ausculta_inference_duration_seconds_bucket",
    "memory": "process_resident_memory_bytes",
}


class RuleTests(unittest.TestCase):
    def test_rules_and_configuration_are_valid(self):
        run(tool("promtool"), "check", "rules", RULES)
        run(tool("promtool"), "check", "config", PROMETHEUS / "prometheus.yml")

    def test_rules_do_what_their_tests_say(self):
        run(tool("promtool"), "test", "rules", PROMETHEUS / "ausculta.rules.test.yml")

    def test_every_rule_has_a_test(self):
        rules = re.findall(r"- (?:alert|record): (\S+)", RULES.read_text())
        tests = (PROMETHEUS / "ausculta.rules.test.yml").read_text()
        self.assertGreater(len(rules), 20)
        self.assertEqual([rule for rule in rules if rule not in tests], [])

    def test_every_alert_says_what_to_do_in_both_languages(self):
        for text in re.split(r"- alert: ", RULES.read_text())[1:]:
            name = text.split()[0]
            for key in ("summary:", "summary_zh:", "action:"):
                self.assertIn(key, text, name)

    def test_dashboards_are_what_their_description_writes(self):
        run(ROOT / "Dashboards/grafana/build.py", "--check")


class RunningPlantTests(unittest.TestCase):
    """A demo with an alarm, and a Prometheus that scrapes it: every ten seconds, so that a busy machine has the time to answer."""

    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(demo())
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ausculta-deploy-prometheus-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        shutil.copy(RULES, folder)
        text = (PROMETHEUS / "prometheus.yml").read_text()
        address = cls.demo.base.removeprefix("http://")
        (folder / "prometheus.yml").write_text(text.replace("localhost:8750", address).replace("15s", "10s"))
        port = free_port()
        server = Program(
            [tool("prometheus"), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], folder / "prometheus.log",
        )
        cls.addClassCleanup(server.stop)
        cls.prometheus = f"http://127.0.0.1:{port}"
        cls.heard = Listener(folder / "heard", "-h", "127.0.0.1", "-p", str(cls.demo.broker_port), "-t", "ausculta/#")
        cls.addClassCleanup(cls.heard.stop)
        wait_for("Prometheus", lambda: fetch(f"{cls.prometheus}/-/ready"))

    if not hasattr(unittest.TestCase, "enterClassContext"):  # Python before 3.11

        @classmethod
        def enterClassContext(cls, manager):
            value = manager.__enter__()
            cls.addClassCleanup(manager.__exit__, None, None, None)
            return value

    def query(self, text):
        answer = load_json(fetch(f"{self.prometheus}/api/v1/query?{urllib.parse.urlencode({'query': text})}"))
        self.assertEqual(answer["status"], "success", text)
        return answer["data"]["result"]

    def data(self, text, what, machines=0):
        """The result once there is one whose values are numbers, of so many machines: the first scrape may come before a machine's
        first window."""
        def found():
            result = self.query(text)
            if len({sample["metric"].get("machine") for sample in result} - {None}) < machines:
                return None
            return result if result and all(sample["value"][1] not in ("NaN", "+Inf") for sample in result) else None

        try:
            return wait_for(f"data of {what}: {text}", found, every=0.5)
        except AssertionError as error:
            targets = load_json(fetch(f"{self.prometheus}/api/v1/targets"))["data"]["activeTargets"]
            raise AssertionError(f"{error}; Prometheus: {[(each['health'], each['lastError']) for each in targets]}") from None

    def test_1_promtool_has_nothing_to_say(self):
        metrics = wait_for("metrics", lambda: fetch(f"{self.demo.base}/metrics"))
        done = run(tool("promtool"), "check", "metrics", input=metrics)
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_2_what_a_plant_needs_to_know_is_there(self):
        for what, family in FAMILIES.items():
            of_machines = " of a machine" in what
            result = self.data(family, what, machines=4 if of_machines else 0)
            if of_machines:
                self.assertEqual(len({sample["metric"]["machine"] for sample in result}), 4, what)

    def test_3_every_query_of_every_dashboard_has_data(self):
        self.assertEqual(len(DASHBOARDS), 4)
        asked = {}
        for file in DASHBOARDS:
            dashboard = json.loads(file.read_text())
            for panel in dashboard["panels"]:
                for target in panel["targets"]:
                    asked.setdefault((target["expr"], target["legendFormat"]), f"{file.name}, panel '{panel['title']}'")
            for variable in dashboard["templating"]["list"]:
                if variable["type"] == "query":
                    series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()
                    for sample in self.data(series.replace("$instance", ".*"), f"{file.name}, variable {variable['name']}"):
                        self.assertIn(label, sample["metric"])
        self.assertGreater(len(asked), 30)
        for (expression, legend), place in asked.items():
            for sample in self.data(expression.replace("$instance", ".*").replace("$machine", ".*"), place):
                for label in re.findall(r"{{(\w+)}}", legend):
                    self.assertIn(label, sample["metric"], f"{place}: the legend names it")

    def test_4_rules_know_only_metrics_that_exist(self):
        names = set(load_json(fetch(f"{self.prometheus}/api/v1/label/__name__/values"))["data"])
        text = re.sub(r"#.*", "", RULES.read_text())
        used = set(re.findall(r"\b((?:ausculta|process)_[a-z_]+)", text))
        self.assertEqual(used - names - {"ausculta_workers_busy", "ausculta_windows_undetermined", "ausculta_inference_duration_seconds",
                                         "ausculta_window_latency_seconds", "ausculta_windows"}, set())

    def test_5_the_demos_fault_fires(self):
        firing = self.data('ALERTS{alertname="AuscultaFault", alertstate="firing"}', "the alert")
        self.assertEqual([sample["metric"]["machine"] for sample in firing], ["compressor-2"])
        broken = [rule for group in load_json(fetch(f"{self.prometheus}/api/v1/rules"))["data"]["groups"]
                  for rule in group["rules"] if rule["health"] == "err"]
        self.assertEqual(broken, [])

    def test_6_the_node_red_flow_understands_the_plant(self):
        nodes = {node["id"]: node for node in json.loads((ROOT / "Dashboards/node-red/ausculta.json").read_text())}
        for node in nodes.values():
            for target in [target for output in node.get("wires", []) for target in output]:
                self.assertEqual(nodes[target]["z"], node["z"])
            if node["type"].startswith("mqtt "):
                self.assertEqual(nodes[node["broker"]]["type"], "mqtt-broker")
        try:
            import quickjs
        except ImportError:
            self.skipTest("the flow's functions need quickjs-ng from the Python package index")
        flow = Flow(quickjs.Context())
        topic = "ausculta/plant1/compressor-2/fault/bearing-lacking-oil"
        fault = json.loads(self.heard.first(topic, lambda text: json.loads(text)["active"]))
        shown = re.search(r"<!-- payload: fault -->\n```json\n(.*?)```", (ROOT / "docs/guides/scada-integrator.md").read_text(), re.DOTALL)
        self.assertEqual(set(json.loads(shown.group(1))), set(fault), "the guide's example has the keys of a real fault")
        rows = flow.run(nodes["a1c0ffee00000011"], topic, fault)
        self.assertEqual(rows[0]["payload"]["machine"], "compressor-2")
        self.assertIs(rows[0]["payload"]["good"], True)
        self.assertEqual(rows[1]["payload"]["alarm_id"], fault["alarm_id"])
        state = json.loads(self.heard.first("ausculta/plant1/compressor-2/state", lambda text: json.loads(text)["health"]))
        self.assertEqual(flow.run(nodes["a1c0ffee00000021"], "", state)["payload"]["online"], True)

        # Its command acknowledges the alarm, and the answer comes where the flow listens.
        command = flow.run(nodes["a1c0ffee00000031"], "", 0)
        run(tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", self.demo.broker_port, "-q", "1", "-t", command["topic"], "-m",
            json.dumps(command["payload"]))
        self.heard.first(topic, lambda text: json.loads(text)["state"] == "ack_active")
        self.heard.first("ausculta/plant1/compressor-2/cmd/result", lambda text: fault["alarm_id"] in text)


class Flow:
    """What Node-RED gives a function node: msg, and a memory shared by the flow."""

    def __init__(self, context):
        self.context = context
        context.eval("var memory = {}; var flow = {set: (k, v) => { memory[k] = v; }, get: k => memory[k]};")

    def run(self, node, topic, payload):
        message = json.dumps({"topic": topic, "payload": payload})
        result = self.context.eval(f"JSON.stringify((function (msg) {{ {node['func']} }})({message}))")
        return json.loads(result)
