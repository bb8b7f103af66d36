"""Starts `ausculta serve` on a private broker, lets it judge windows, and prints how soon it was ready and how much memory
it held. Runs it twice: the first start has to encode the labels, the second remembers them.

    python3 Models/reference/serve_memory.py --ausculta .build/release/ausculta --model DIR [--starts 2] [--cache DIR]

Needs mosquitto and nothing else. "first embedding" counts from the start of a process of `ausculta embed`; "peak" is the
kernel's VmHWM of `serve`; the share of the weights file comes from its memory map (smaps): the full-size text tower alone
would be 500 MB.
"""

import argparse
import math
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import wave

CONFIGURATION = """
site: memory
node: edge
broker: {{url: "mqtt://127.0.0.1:{port}"}}
model: {{path: "{model}", cache: "{cache}"}}
window: {{length: 10s, hop: 5s}}
labels:
  compressor:
    - {{id: normal, name: {{en: Normal}}, kind: normal, prompts: ["the sound of an air compressor running normally"]}}
    - {{id: bearing, name: {{en: Bearing}}, kind: fault, severity: warning, prompts: ["the sound of a bearing lacking oil"]}}
    - {{id: valve, name: {{en: Valve}}, kind: fault, severity: warning, prompts: ["the sound of a compressor with a broken valve plate"]}}
    - {{id: other, name: {{en: Other}}, kind: anchor, prompts: ["the sound of people talking"]}}
rule: {{valid_above: 0.7, confidence: 0.75, consecutive: 3}}
machines:
  - {{id: compressor-1, profile: compressor}}
  - {{id: compressor-2, profile: compressor}}
http: {{listen: "127.0.0.1:0"}}
store: {{path: "{store}", retain: 1d}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_wav(path: pathlib.Path, seconds: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        # One second again and again: a large process here would count as the child's peak.
        second = [int(9_000 * math.sin(2 * math.pi * 120 * n / 16_000)) for n in range(16_000)]
        for _ in range(seconds):
            file.writeframes(struct.pack("<16000h", *second))


def status_megabytes(process: int, field: str) -> float:
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def mapped_megabytes(process: int, name: str) -> float:
    """How much of a mapped file is resident."""
    total, inside = 0, False
    for line in pathlib.Path(f"/proc/{process}/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0] and not line.split(" ", 1)[0].endswith(":"):
            inside = line.endswith(name)
        elif inside and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total / 1024


def serve(options, work: pathlib.Path, port: int, number: int) -> None:
    file = work / "ausculta.yaml"
    file.write_text(CONFIGURATION.format(port=port, model=options.model.resolve(), cache=options.cache or work / "cache",
                                         store=work / f"trend-{number}.sqlite"))
    begin = time.monotonic()
    process = subprocess.Popen([options.ausculta, "serve", "--config", str(file)], stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if "broker: connected" in line:
                break
        else:
            sys.exit(f"serve ended with {process.wait()}")
        ready = time.monotonic() - begin
        wav = work / "sound.wav"
        senders = [
            subprocess.Popen([options.ausculta, "publish", str(wav), "--machine", machine, "--realtime", "--site", "memory",
                              "--broker", f"mqtt://127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for machine in ("compressor-1", "compressor-2")
        ]
        if any(sender.wait() for sender in senders):
            sys.exit("a sender failed")
        print(f"serve, start {number + 1}: connected after {ready:.2f} s, peak {status_megabytes(process.pid, 'VmHWM'):.0f} MB, "
              f"now {status_megabytes(process.pid, 'VmRSS'):.0f} MB, of the weights file "
              f"{mapped_megabytes(process.pid, 'model.safetensors'):.0f} MB resident", flush=True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def embed(options, wav: pathlib.Path) -> None:
    times, peak = [], 0.0
    for _ in range(5):
        begin = time.monotonic()
        process = subprocess.Popen([options.ausculta, "embed", str(wav), "--model", str(options.model), "--json"],
                                   stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"embed ended with {status}")
        times.append(time.monotonic() - begin)
        peak = max(peak, usage.ru_maxrss / 1024)
    times.sort()
    print(f"process start to first embedding: median {times[2]:.2f} s, best {times[0]:.2f} s, peak {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ausculta", required=True)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, help="keeps what serve remembers; default: gone at the end")
    parser.add_argument("--starts", type=int, default=2)
    options = parser.parse_args()
    broker_program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not broker_program:
        sys.exit("mosquitto is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        port = free_port()
        (work / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        write_wav(work / "sound.wav", 16)
        broker = subprocess.Popen([broker_program, "-c", str(work / "mosquitto.conf")], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            for number in range(options.starts):
                serve(options, work, port, number)
            write_wav(work / "sound.wav", 10)
            embed(options, work / "sound.wav")
        finally:
            broker.terminate()
            broker.wait()


if __name__ == "__main__":
    main()
