#!/usr/bin/env python3
"""Draws what a command prints on a terminal as an SVG, for the README.

    docs/images/terminal.py --out docs/images/demo.svg --lines 17:49 -- .build/release/ausculta demo --duration 47

The command runs in a pseudo-terminal of its own, so that it prints colours. Nothing but Python is needed.
"""

import argparse
import html
import os
import pty
import re
import unicodedata

COLOURS = {"31": "#e5534b", "33": "#d4a72c", "1": "#f0f3f6"}
CELL, LINE, MARGIN = 8.4, 19, 18


def capture(command, columns):
    chunks = []

    def read(fd):
        data = os.read(fd, 65536)
        chunks.append(data)
        return data

    os.environ["COLUMNS"] = str(columns)
    os.environ["TERM"] = "xterm-256color"
    pty.spawn(command, read)
    return b"".join(chunks).decode("utf-8", "replace").replace("\r\n", "\n")


def width(character):
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def spans(line):
    """(style, text) pieces of a line with ANSI colours."""
    style, pieces = "", []
    for part in re.split(r"(\x1b\[[0-9;]*[mK])", line):
        found = re.fullmatch(r"\x1b\[([0-9;]*)([mK])", part)
        if not found:
            if part:
                pieces.append((style, part))
        elif found.group(2) == "m":
            style = "" if found.group(1) in ("", "0") else found.group(1)
    return pieces


def cut(pieces, columns):
    """The first columns of a line; what is cut off leaves an ellipsis."""
    total = sum(width(c) for _, text in pieces for c in text)
    room, kept = (columns if total <= columns else columns - 1), []
    for style, text in pieces:
        piece = ""
        for character in text:
            if width(character) > room:
                room = 0
                break
            room -= width(character)
            piece += character
        kept.append((style, piece))
    return kept if total <= columns else kept + [("", "…")]


def draw(lines, columns):
    rows = []
    for number, line in enumerate(lines):
        y, column = MARGIN + LINE * (number + 1), 0
        for style, text in cut(spans(line), columns):
            colour = next((COLOURS[c] for c in reversed(style.split(";")) if c in COLOURS), "#adbac7")
            weight = ' font-weight="bold"' if "1" in style.split(";") else ""
            # A piece per width class: fonts disagree on how wide a Chinese character is.
            for run in re.findall(r"[\u2e80-\uffef]+|[^\u2e80-\uffef]+", text):
                cells = sum(width(c) for c in run)
                if run.strip():
                    rows.append(
                        f'<text x="{MARGIN + column * CELL:.1f}" y="{y}" fill="{colour}"{weight} '
                        f'textLength="{cells * CELL:.1f}" xml:space="preserve">{html.escape(run)}</text>')
                column += cells
    w, h = MARGIN * 2 + columns * CELL, MARGIN * 2 + LINE * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:.0f} {h}" width="{w:.0f}" height="{h}" '
        'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', \'Noto Sans CJK SC\', monospace" font-size="14">\n'
        f'<rect width="100%" height="100%" rx="10" fill="#1c2128"/>\n' + "\n".join(rows) + "\n</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("--columns", type=int, default=104)
    parser.add_argument("--lines", default="0:", help="first:last line to draw, as a Python slice")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    first, last = (int(text) if text else None for text in options.lines.split(":"))
    lines = capture(options.command, options.columns).split("\n")[first:last]
    with open(options.out, "w", encoding="utf-8") as file:
        file.write(draw(lines, options.columns))


if __name__ == "__main__":
    main()
