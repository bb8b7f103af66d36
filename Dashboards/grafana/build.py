#!/usr/bin/env python3
"""Writes the Grafana dashboards beside this file, in English and Chinese, from one description of their panels.

    Dashboards/grafana/build.py            write them
    Dashboards/grafana/build.py --check    exit 1 where a file is not what this would write

They need a Prometheus that scrapes Ausculta with the rules in ../prometheus. Import: Dashboards, New, Import, the file.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
NODE = 'instance=~"$instance"'
MACHINE = 'instance=~"$instance", machine=~"$machine"'


def panel(kind, title, queries, unit="short", width=8, height=8, thresholds=None, maximum=None, minimum=None, help=None):
    """A panel; `queries` are (PromQL, legend), titles and helps (English, Chinese)."""
    return {
        "kind": kind, "title": title, "queries": queries, "unit": unit, "width": width, "height": height,
        "thresholds": thresholds, "max": maximum, "min": minimum, "help": help,
    }


# Title, unique id, variables beside the data source and the box, panels in reading order.
DASHBOARDS = {
    "node": {
        "title": ("Ausculta: box", "Ausculta：边缘主机"),
        "variables": ["instance"],
        "panels": [
            panel("stat", ("Answers", "服务响应"), [(f'up{{job="ausculta", {NODE}}}', "{{instance}}")], "bool_yes_no", 4, 4,
                  [("red", None), ("green", 1)]),
            panel("stat", ("Broker", "消息代理"), [(f"ausculta_broker_connected{{{NODE}}}", "{{instance}}")], "bool_yes_no", 4, 4,
                  [("red", None), ("green", 1)]),
            panel("stat", ("Faults", "故障"), [(f"sum(ausculta_alarm_active{{{NODE}}})", "")], "none", 4, 4,
                  [("green", None), ("red", 1)]),
            panel("stat", ("Machines heard", "在线设备"), [(f"sum(ausculta_machine_online{{{NODE}}})", "")], "none", 4, 4),
            panel("stat", ("Oldest event waiting", "最早待发事件"), [(f"ausculta_outbox_oldest_age_seconds{{{NODE}}}", "{{instance}}")],
                  "s", 4, 4, [("green", None), ("orange", 60), ("red", 300)]),
            panel("stat", ("Version", "版本"), [(f"ausculta_build_info{{{NODE}}}", "{{version}} {{model}}")], "none", 4, 4),
            panel("timeseries", ("Windows judged", "判断窗口"), [
                (f"instance:ausculta_windows:rate5m{{{NODE}}}", "{{instance}}")], "reqps",
                help=("Windows a second, over five minutes.", "每秒判断的窗口数，五分钟平均。")),
            panel("timeseries", ("Busy workers", "推理负荷"), [
                (f"instance:ausculta_workers_busy:ratio5m{{{NODE}}}", "{{instance}}")], "percentunit", maximum=1, minimum=0,
                help=("At 100 % the box is full.", "100% 表示主机已满负荷。")),
            panel("timeseries", ("Time in the model", "模型耗时"), [
                (f"instance:ausculta_inference_duration_seconds:mean5m{{{NODE}}}", "{{instance}}")], "s"),
            panel("timeseries", ("Chunks and windows waiting", "等待的数据块与窗口"), [
                (f"sum by (instance) (ausculta_chunks_queued{{{NODE}}})", "chunks"),
                (f"ausculta_windows_queued{{{NODE}}}", "windows"),
                (f"increase(ausculta_windows_dropped_total{{{NODE}}}[5m])", "windows dropped in 5 min")]),
            panel("timeseries", ("Hop stretch", "步长拉伸"), [(f"ausculta_hop_stretch_factor{{{NODE}}}", "{{instance}}")], minimum=1,
                  help=("1 judges every window; 2 every second one.", "1 表示判断每个窗口；2 表示隔一个判断一个。")),
            panel("timeseries", ("Events waiting for the broker", "待发事件"), [
                (f"ausculta_outbox_pending_messages{{{NODE}}}", "{{instance}}")]),
            panel("timeseries", ("Memory", "内存"), [(f"process_resident_memory_bytes{{{NODE}}}", "{{instance}}")], "bytes", minimum=0),
            panel("timeseries", ("Trend log and clips", "趋势日志与片段"), [
                (f"ausculta_store_size_bytes{{{NODE}}}", "trend log"), (f"ausculta_clips_size_bytes{{{NODE}}}", "clips")], "bytes"),
            panel("timeseries", ("Free on the disk", "磁盘剩余"), [(f"ausculta_store_free_bytes{{{NODE}}}", "{{instance}}")], "bytes",
                  minimum=0),
            panel("timeseries", ("Alarms hidden", "被隐藏的报警"), [
                (f'sum by (state) (ausculta_alarm_state{{{NODE}, state=~"shelved|suppressed|out_of_service"}})', "{{state}}")],
                "none", 8, 9, minimum=0,
                help=("Shelved by an operator, suppressed by the machine's context, out of service.",
                      "操作员搁置、按设备工况抑制、停用的报警数。")),
            panel("table", ("Machines", "设备"), [
                (f"ausculta_machine_health_ratio{{{NODE}}}", "health"), (f"ausculta_machine_level_dbfs{{{NODE}}}", "level"),
                (f"machine:ausculta_window_latency_seconds:p95_5m{{{NODE}}}", "latency")], "short", 16, 9),
        ],
    },
    "machine": {
        "title": ("Ausculta: machine", "Ausculta：设备"),
        "variables": ["instance", "machine"],
        "panels": [
            panel("stat", ("Health", "健康度"), [(f"ausculta_machine_health_ratio{{{MACHINE}}}", "{{machine}}")], "percentunit", 6, 5,
                  [("red", None), ("orange", 0.5), ("green", 0.8)]),
            panel("stat", ("Grade", "等级"), [(f"ausculta_machine_grade{{{MACHINE}}} == 1", "{{machine}}: {{grade}}")], "none", 6, 5),
            panel("stat", ("Sound arrives", "声音在线"), [(f"ausculta_machine_online{{{MACHINE}}}", "{{machine}}")], "bool_yes_no", 6, 5,
                  [("red", None), ("green", 1)]),
            panel("stat", ("Alarms without an answer", "未确认报警"), [(f"sum(ausculta_alarm_unacknowledged{{{MACHINE}}})", "")], "none",
                  6, 5, [("green", None), ("red", 1)]),
            panel("timeseries", ("Confidence of the faults", "故障置信度"), [
                (f"ausculta_alarm_confidence_ratio{{{MACHINE}}}", "{{machine}} {{label}}")], "percentunit", 12, 9, maximum=1, minimum=0,
                help=("The alarm rule counts windows above its confidence, 75 % unless configured.",
                      "超过规则置信度（默认 75%）的窗口计入报警。")),
            panel("state-timeline", ("Faults present", "故障时段"), [
                (f"ausculta_alarm_active{{{MACHINE}}}", "{{machine}} {{label}}")], "bool_yes_no", 12, 9,
                [("green", None), ("red", 1)]),
            panel("state-timeline", ("Alarms not normal, by state", "非正常报警状态"), [
                (f'ausculta_alarm_state{{{MACHINE}, state!="normal"}} == 1', "{{machine}} {{label}}: {{state}}")], "bool_yes_no", 24, 8,
                [("orange", None)]),
            panel("timeseries", ("Health over time", "健康度趋势"), [(f"ausculta_machine_health_ratio{{{MACHINE}}}", "{{machine}}")],
                  "percentunit", maximum=1, minimum=0),
            panel("timeseries", ("Level", "声级"), [(f"ausculta_machine_level_dbfs{{{MACHINE}}}", "{{machine}}")], "dB",
                  help=("dB relative to full scale.", "相对满量程的分贝值。")),
            panel("timeseries", ("Windows by verdict", "窗口判断结果"), [
                (f"sum by (machine, verdict) (increase(ausculta_windows_total{{{MACHINE}}}[5m]))", "{{machine}} {{verdict}}")]),
            panel("timeseries", ("From sound to result", "结果延迟"), [
                (f"machine:ausculta_window_latency_seconds:p95_5m{{{MACHINE}}}", "{{machine}}: 95 %")], "s"),
            panel("timeseries", ("Chunks waiting or lost, gaps", "等待与丢失的数据块、间断"), [
                (f"ausculta_chunks_queued{{{MACHINE}}}", "{{machine}} waiting"),
                (f"increase(ausculta_chunks_dropped_total{{{MACHINE}}}[5m])", "{{machine}} lost or refused"),
                (f"increase(ausculta_stream_gaps_total{{{MACHINE}}}[5m])", "{{machine}} gaps")]),
            panel("timeseries", ("Share of windows that fit no label", "未定窗口比例"), [
                (f"machine:ausculta_windows_undetermined:ratio1h{{{MACHINE}}}", "{{machine}}")], "percentunit", maximum=1, minimum=0),
            panel("timeseries", ("Seconds since the last chunk", "距最后一块声音"), [
                (f"time() - ausculta_last_chunk_timestamp_seconds{{{MACHINE}}}", "{{machine}}")], "s"),
        ],
    },
}

NAMES = {"datasource": ("Prometheus", "Prometheus"), "instance": ("Box", "主机"), "machine": ("Machine", "设备")}
VALUES = {"instance": "label_values(ausculta_build_info, instance)",
          "machine": 'label_values(ausculta_machine_online{instance=~"$instance"}, machine)'}


def variable(name, language):
    if name == "datasource":
        return {"name": name, "label": NAMES[name][language], "type": "datasource", "query": "prometheus"}
    return {
        "name": name, "label": NAMES[name][language], "type": "query", "datasource": SOURCE, "definition": VALUES[name],
        "query": {"query": VALUES[name], "refId": name}, "refresh": 2, "sort": 1, "multi": True, "includeAll": True,
        "allValue": ".*", "current": {"text": "All", "value": "$__all"},
    }


def written_panel(described, number, x, y, language):
    steps = [{"color": colour, "value": value} for colour, value in described["thresholds"] or [("green", None)]]
    defaults = {"unit": described["unit"], "thresholds": {"mode": "absolute", "steps": steps}}
    for key in ("min", "max"):
        if described[key] is not None:
            defaults[key] = described[key]
    is_instant = described["kind"] in ("stat", "table")
    written = {
        "id": number, "type": described["kind"], "title": described["title"][language], "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": described["width"], "h": described["height"]},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + place), "datasource": SOURCE, "expr": query, "legendFormat": legend,
                **({"instant": True} if is_instant else {"range": True}),
                **({"format": "table"} if described["kind"] == "table" else {}),
            }
            for place, (query, legend) in enumerate(described["queries"])
        ],
    }
    if described["help"]:
        written["description"] = described["help"][language]
    if described["kind"] == "stat":
        written["options"] = {"colorMode": "background", "reduceOptions": {"calcs": ["lastNotNull"]},
                              "textMode": "name" if "{{version}}" in described["queries"][0][1] or "{{grade}}" in
                              described["queries"][0][1] else "auto"}
    if described["kind"] == "table":
        written["transformations"] = [
            {"id": "joinByField", "options": {"byField": "machine", "mode": "outer"}},
            {"id": "filterFieldsByName", "options": {"include": {"names": ["machine", "Value #A", "Value #B", "Value #C"]}}},
            {"id": "organize", "options": {"renameByName": {
                f"Value #{chr(ord('A') + place)}": legend for place, (_, legend) in enumerate(described["queries"])}}},
        ]
    return written


def dashboard(name, language):
    described = DASHBOARDS[name]
    panels, x, y, row = [], 0, 0, 0
    for number, part in enumerate(described["panels"], 1):
        if x + part["width"] > 24:
            x, y, row = 0, y + row, 0
        panels.append(written_panel(part, number, x, y, language))
        x, row = x + part["width"], max(row, part["height"])
    return {
        "uid": f"ausculta-{name}{('', '-zh')[language]}", "title": described["title"][language], "tags": ["ausculta"],
        "schemaVersion": 38, "version": 1, "editable": True, "refresh": "10s", "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser", "graphTooltip": 1,
        "templating": {"list": [variable(each, language) for each in ["datasource", *described["variables"]]]},
        "panels": panels,
    }


def files():
    for name in DASHBOARDS:
        for language, ending in enumerate(("", ".zh-CN")):
            text = json.dumps(dashboard(name, language), ensure_ascii=False, indent=2) + "\n"
            yield FOLDER / f"ausculta-{name}{ending}.json", text


def main():
    stale = [file for file, text in files() if not file.exists() or file.read_text() != text]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"{file.name} is not what build.py writes; run Dashboards/grafana/build.py", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for file, text in files():
        file.write_text(text)


if __name__ == "__main__":
    main()
