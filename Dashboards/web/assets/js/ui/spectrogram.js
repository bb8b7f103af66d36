// A spectrogram picture (from the box, or a canvas of ours) with its axes.
import { h, replace, setStyle } from "../dom.js";
import { clock, position } from "../format.js";
import { blob } from "../api.js";
import { t } from "../i18n.js";
import { errorText } from "./empty.js";

/** Frequencies (Hz) that may get a mark; those that would touch another are left out. */
const MARKS = [1000, 4000, 2000, 8000, 16000, 500, 250, 100];
const CLOSEST = 0.1;

/** The mel scale of the pictures the box draws (HTK's). */
function mel(hz) { return 2595 * Math.log10(1 + hz / 700); }

function share(hz, { minHz, maxHz, scale }) {
  if (scale === "linear") return (hz - minHz) / (maxHz - minHz);
  if (scale === "log") return Math.log(hz / minHz) / Math.log(maxHz / minHz);
  return (mel(hz) - mel(minHz)) / (mel(maxHz) - mel(minHz));
}

/**
 * `createSpectrogram({label, scale: "mel"|"linear"|"log", minHz, maxHz, onSeek})`, then
 * `load(path, {start, duration, signal})` fetches a picture of the box (its X-Start, X-End and X-Frequency-… headers
 * make the axes; a refusal is shown in words) or `show({src, start, duration})` shows one at hand. `start` (ms or
 * RFC 3339) makes the time axis clock times, without it positions. `canvas()` gives a canvas to draw on instead. `cursor(seconds|null)`,
 * `regions([{from, to, label}])` in seconds. `message(text)` shows words in place of a picture.
 */
export function createSpectrogram({ label, scale = "mel", minHz = 20, maxHz = 24000, onSeek = null } = {}) {
  const image = h("img", { alt: label ?? t("sound.spectrogram"), decoding: "async", draggable: "false", hidden: true });
  const words = h("div", { class: "message" });
  const line = h("div", { class: "cursor", hidden: true });
  const marks = h("div", { class: "regions" });
  const plot = h("div", { class: "plot" }, image, words, marks, line);
  const frequencies = h("div", { class: "axis-f", "aria-hidden": "true" });
  const times = h("div", { class: "axis-t", "aria-hidden": "true" });
  const grid = h("div", { class: "spectrogram" }, frequencies, plot, times);
  const element = h("div", { class: "spectrogram-box" }, grid);
  let length = 0, begin = null, held = null, surface = null, boxes = [];

  let range = { minHz, maxHz, scale };
  drawFrequencies();

  function drawFrequencies() {
    const places = [];
    replace(frequencies);
    for (const hz of MARKS) {
      const at = share(hz, range);
      if (!(at > 0.03 && at < 0.97) || places.some((other) => Math.abs(other - at) < CLOSEST)) continue;
      places.push(at);
      const span = h("span", null, hz >= 1000 ? hz / 1000 + " kHz" : hz + " Hz");
      setStyle(span, { "inset-block-start": (100 * (1 - at)).toFixed(1) + "%" });
      frequencies.append(span);
    }
  }

  if (onSeek) {
    grid.dataset.seekable = "";
    plot.addEventListener("click", (event) => {
      const box = plot.getBoundingClientRect();
      onSeek(((event.clientX - box.left) / box.width) * length);
    });
  }
  image.addEventListener("load", () => { image.hidden = false; words.hidden = true; });
  image.addEventListener("error", () => say(t("sound.noPicture")));

  function say(text) {
    image.hidden = true;
    words.hidden = false;
    words.textContent = text;
  }

  function axis(start, duration) {
    length = duration ?? 0;
    begin = start;
    replace(times);
    if (!length) return;
    const steps = length > 0 ? 4 : 0;
    for (let index = 0; index <= steps; index += 1) {
      const at = (length * index) / steps;
      const span = h("span", null, begin ? clock(new Date(begin).getTime() + at * 1000) : position(at, length < 20));
      setStyle(span, { "inset-inline-start": (100 * index) / steps + "%" });
      times.append(span);
    }
    drawRegions();
  }

  function drawRegions() {
    replace(marks, boxes.map(({ from, to, label: text }) => {
      const box = h("div", { class: "region" }, text && h("span", null, text));
      setStyle(box, {
        "inset-inline-start": (100 * Math.max(0, from)) / (length || 1) + "%",
        width: (100 * (Math.min(length, to) - Math.max(0, from))) / (length || 1) + "%",
      });
      return box;
    }));
  }

  const self = {
    element,
    get duration() { return length; },
    message: say,
    show({ src, start = null, duration = 0 }) {
      axis(start, duration);
      if (image.getAttribute("src") !== src) image.src = src;
    },
    /** Fetches a picture; resolves to {start, end} (as its headers have them) or null when there is none. */
    async load(path, { start = null, duration = 0, signal } = {}) {
      try {
        const { blob: picture, headers } = await blob(path, { signal });
        const from = headers.get("X-Start") ?? start, end = headers.get("X-End");
        const top = Number(headers.get("X-Frequency-Max"));
        if (top > 0) {
          range = { minHz: Number(headers.get("X-Frequency-Min")) || 20, maxHz: top, scale: headers.get("X-Frequency-Scale") ?? "mel" };
          drawFrequencies();
        }
        if (held) URL.revokeObjectURL(held);
        held = URL.createObjectURL(picture);
        image.src = held;
        axis(from, from && end ? (Date.parse(end) - Date.parse(from)) / 1000 : duration);
        return { start: from, end };
      } catch (failure) {
        if (failure.name !== "AbortError") say(failure.code === "no_audio" ? t("sound.none") : errorText(failure));
        return null;
      }
    },
    /** A canvas in place of the picture, `width` by `height` device pixels, with its own frequency axis where one is given. */
    canvas({ width, height, start = null, duration = 0, minHz: low, maxHz: high, scale: kind }) {
      if (high) { range = { minHz: low ?? 0, maxHz: high, scale: kind ?? range.scale }; drawFrequencies(); }
      if (!surface) { surface = h("canvas"); plot.prepend(surface); }
      if (surface.width !== width) surface.width = width;
      if (surface.height !== height) surface.height = height;
      image.hidden = true;
      words.hidden = true;
      axis(start, duration);
      return surface;
    },
    cursor(seconds) {
      line.hidden = seconds === null || !length;
      if (!line.hidden) setStyle(line, { "inset-inline-start": ((100 * seconds) / length).toFixed(3) + "%" });
    },
    regions(list) { boxes = list; drawRegions(); },
    dispose() { if (held) URL.revokeObjectURL(held); },
  };
  say("");
  return self;
}
