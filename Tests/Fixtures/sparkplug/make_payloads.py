"""Writes payloads.json: Sparkplug B payloads as the protobuf library encodes them, with what they say.

    python3 -m venv DIR && DIR/bin/pip install -r Tests/Sparkplug/requirements.txt
    DIR/bin/python Tests/Fixtures/sparkplug/make_payloads.py

The schema is the one compiled into pysparkplug; nothing of Ausculta takes part.
"""

import json
import pathlib

from pysparkplug import _protobuf as sparkplug

MS = 1_795_341_600_000


def metric(payload, name, field, value, **fields):
    """Adds a metric; `field` is the member of the oneof, None for a metric without value."""
    added = payload.metrics.add()
    if name is not None:
        added.name = name
    for key, given in fields.items():
        if key == "quality":
            added.properties.keys.append("Quality")
            property_value = added.properties.values.add()
            property_value.type = 3
            property_value.int_value = given
        else:
            setattr(added, key, given)
    if field is None:
        added.is_null = True
    else:
        setattr(added, field, value)
    return added


def births():
    node = sparkplug.Payload(timestamp=MS, seq=0)
    metric(node, "bdSeq", "long_value", 7, timestamp=MS, datatype=4)
    metric(node, "Node Control/Rebirth", "boolean_value", False, timestamp=MS, datatype=11)
    yield "node birth", node
    device = sparkplug.Payload(timestamp=MS, seq=1)
    metric(device, "Health/State", "string_value", "normal", timestamp=MS, datatype=12, quality=192)
    metric(device, "Health/Score", None, None, timestamp=MS, datatype=3, quality=500)
    metric(device, "Health/Confidence", "double_value", 0.876543, timestamp=MS, datatype=10, quality=192)
    metric(device, "Stream/LevelDbfs", "float_value", -23.5, timestamp=MS, datatype=9, quality=192)
    metric(device, "Stream/DroppedChunks", "long_value", 2**64 - 1, timestamp=MS, datatype=4, quality=192)
    metric(device, "Alarm/轴承缺油/Since", "long_value", MS, timestamp=MS, datatype=13, quality=192)
    yield "device birth", device


def data():
    live = sparkplug.Payload(timestamp=MS, seq=255)
    metric(live, "Fault/oil/Active", "boolean_value", True, timestamp=MS)
    metric(live, "Fault/oil/Consecutive", "int_value", 2**32 - 3, timestamp=MS)
    yield "device data", live
    stored = sparkplug.Payload(timestamp=MS, seq=3)
    metric(stored, "Fault/oil/Active", "boolean_value", True, timestamp=MS - 60_000, is_historical=True)
    yield "stored data", stored
    death = sparkplug.Payload(timestamp=MS)
    metric(death, "bdSeq", "long_value", 255, timestamp=MS, datatype=4)
    yield "node death", death


def rare():
    alias = sparkplug.Payload(timestamp=MS, seq=9)
    metric(alias, None, "int_value", 5, alias=300, timestamp=MS, is_transient=True)
    yield "alias", alias
    body = sparkplug.Payload(timestamp=MS, seq=10, uuid="SPBV1.0_COMPRESSED", body=b"\x00\xff\x10")
    yield "body", body
    table = sparkplug.Payload(timestamp=MS, seq=11)
    with_set = metric(table, "table", "bytes_value", b"\x01\x02", timestamp=MS, datatype=17)
    with_set.metadata.description = "two bytes"
    table.metrics.add(name="set", datatype=16).dataset_value.columns.append("a")
    template = table.metrics.add(name="template", datatype=19)
    template.template_value.is_definition = True
    yield "opaque values", table
    yield "empty", sparkplug.Payload()
    many = sparkplug.Payload(timestamp=MS, seq=12)
    for number in range(40):
        metric(many, f"m/{number}", "double_value", number / 7, timestamp=MS + number)
    yield "many metrics", many


VALUES = {
    "int_value": "int", "long_value": "long", "float_value": "float", "double_value": "double",
    "boolean_value": "boolean", "string_value": "string", "bytes_value": "bytes", "dataset_value": "dataSet",
    "template_value": "template",
}


def value_text(field, value):
    if field in ("dataset_value", "template_value"):
        return value.SerializeToString().hex()
    if field == "bytes_value":
        return value.hex()
    if field == "boolean_value":
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def described(payload):
    metrics = []
    for item in payload.metrics:
        field = item.WhichOneof("value")
        metrics.append({
            "name": item.name if item.HasField("name") else None,
            "alias": item.alias if item.HasField("alias") else None,
            "timestamp": item.timestamp if item.HasField("timestamp") else None,
            "datatype": item.datatype if item.HasField("datatype") else None,
            "historical": item.is_historical,
            "transient": item.is_transient,
            "kind": VALUES[field] if field else None,
            "value": value_text(field, getattr(item, field)) if field else None,
            "metadata": item.metadata.SerializeToString().hex() if item.HasField("metadata") else None,
            "quality": item.properties.values[0].int_value if item.HasField("properties") else None,
        })
    return {
        "timestamp": payload.timestamp if payload.HasField("timestamp") else None,
        "seq": payload.seq if payload.HasField("seq") else None,
        "uuid": payload.uuid if payload.HasField("uuid") else None,
        "body": payload.body.hex() if payload.HasField("body") else None,
        "metrics": metrics,
    }


def main():
    cases = []
    for name, payload in [*births(), *data(), *rare()]:
        cases.append({"case": name, "hex": payload.SerializeToString().hex(), **described(payload)})
    out = pathlib.Path(__file__).with_name("payloads.json")
    out.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{out}: {len(cases)} payloads")


if __name__ == "__main__":
    main()
