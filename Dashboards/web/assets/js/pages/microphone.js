// The live microphone: what it hears now, every two seconds, and the last two minutes as a strip.
import { upload } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { dbfs, milliseconds } from "../format.js";
import { icon } from "../icons.js";
import { recall, remember } from "../store.js";
import { createLabelField, createThreshold, labelKind } from "../desk/labels.js";
import { createVerdict, judge } from "../desk/verdict.js";
import { MicrophoneError, microphones, openMicrophone, Recent } from "../sound/microphone.js";
import { scroller } from "../sound/spectrum.js";
import { wav } from "../sound/wav.js";
import { createBars } from "../ui/bars.js";
import { errorText } from "../ui/empty.js";
import { createSpectrogram } from "../ui/spectrogram.js";
import { createTimeline } from "../ui/timeline.js";

const EVERY_S = 2;
const STRIP_S = 120;
const PICTURE_S = 20;

export default async function mount(root, { t, signal }) {
  let microphone = null, recent = null, timer = 0, asking = null, begun = 0, wide = 0;
  let length = Number(recall("mic.length") ?? 5);
  const windows = [];

  const start = h("button", { class: "button primary big", onclick: () => (microphone ? stop() : listen()) });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const device = h("select", { class: "select", id: "device" });
  const deviceField = h("div", { class: "field", hidden: true }, h("label", { for: "device" }, t("mic.device")), device);
  const segments = h("div", { class: "segments", role: "group", "aria-label": t("mic.length") }, [2, 5, 10].map((seconds) =>
    h("button", { "aria-pressed": String(seconds === length), onclick: () => setLength(seconds) }, t("format.s", { n: seconds }))));
  const level = h("div", { class: "meter", "aria-hidden": "true" }, h("span"));
  const levelText = h("span", { class: "small faint num" }, "–");
  const field = createLabelField({ signal });
  const threshold = createThreshold({ onChange: show });
  const verdict = createVerdict();
  const bars = createBars({ label: t("desk.scores") });
  const picture = createSpectrogram({ label: t("sound.spectrogram") });
  const timeline = createTimeline({ label: t("mic.strip"), signal });
  const facts = h("p", { class: "small faint num" }, "\u00a0");
  const state = h("div", { class: "mic-state", role: "status" });
  let scores = null;

  root.append(h("div", { class: "page desk" },
    h("div", { class: "page-head" }, h("h1", null, t("mic.title")), h("p", { class: "lead" }, t("mic.lead"))),
    h("div", { class: "desk-grid" },
      h("div", { class: "stack" },
        h("section", { class: "card", "aria-labelledby": "mic-device" },
          h("div", { class: "card-head" }, h("h2", { id: "mic-device" }, h("span", { class: "step" }, "1"), t("mic.listen"))),
          h("div", { class: "card-pad stack" },
            h("div", { class: "row mic-start" }, start, state), deviceField,
            h("div", { class: "field" }, h("span", { class: "label" }, t("mic.length")), segments, h("p", { class: "hint" }, t("mic.length.hint"))),
            h("div", { class: "row level-row" }, icon("microphone", "small"), level, levelText),
            wrong, h("p", { class: "small faint privacy" }, icon("shield", "small"), h("span", null, t("mic.privacy"))))),
        h("section", { class: "card", "aria-labelledby": "mic-labels" },
          h("div", { class: "card-head" }, h("h2", { id: "mic-labels" }, h("span", { class: "step" }, "2"), t("desk.question"))),
          h("div", { class: "card-pad stack" }, field.element, threshold.element))),
      h("div", { class: "stack" },
        h("section", { class: "card desk-answer", "aria-labelledby": "mic-now" },
          h("div", { class: "card-head" }, h("h2", { id: "mic-now" }, h("span", { class: "step" }, "3"), t("mic.now"))),
          h("div", { class: "card-pad stack answer" }, verdict.element, bars.element, facts)),
        h("section", { class: "card", "aria-labelledby": "mic-strip" },
          h("div", { class: "card-head" }, h("h2", { id: "mic-strip" }, t("mic.strip")), h("span", { class: "aside" }, t("mic.strip.aside"))),
          h("div", { class: "card-pad stack" }, picture.element, timeline.element))))));
  showState();
  show();
  picture.message(t("mic.waiting"));
  if (!navigator.mediaDevices?.getUserMedia) setText(wrong, t("mic.error." + (isSecureContext ? "unsupported" : "insecure")));

  function setLength(seconds) {
    length = seconds;
    remember("mic.length", String(seconds));
    [...segments.children].forEach((button, index) => button.setAttribute("aria-pressed", String([2, 5, 10][index] === seconds)));
  }

  function showState() {
    replace(start, icon(microphone ? "stop" : "microphone", "small"), microphone ? t("mic.stop") : t("mic.start"));
    replace(state, microphone && [h("span", { class: "live-dot" }), microphone.name || t("mic.on")]);
  }

  async function listen() {
    setText(wrong, "");
    start.disabled = true;
    let draw = null;
    try {
      microphone = await openMicrophone({
        device: device.value || null,
        onBlock: (block) => {
          recent?.push(block);
          draw?.push(block);
          let sum = 0;
          for (const value of block) sum += value * value;
          const rms = 20 * Math.log10(Math.sqrt(sum / block.length) + 1e-8);
          level.firstElementChild.style.setProperty("--level", Math.max(0, Math.min(1, (rms + 70) / 65)).toFixed(3));
          setText(levelText, dbfs(rms));
        },
        onEnd: () => { stop(); setText(wrong, t("mic.gone")); },
      });
    } catch (failure) {
      setText(wrong, t("mic.error." + (failure instanceof MicrophoneError ? failure.code : "unsupported")));
      return;
    } finally { start.disabled = false; }
    if (signal.aborted) { microphone.close(); return; }
    recent = new Recent(10, microphone.rate);
    begun = performance.now();
    windows.length = 0;
    wide = 800;
    const canvas = picture.canvas({ width: wide, height: 160, duration: 0 });
    draw = scroller(canvas, microphone.rate, wide / PICTURE_S);
    clearInterval(timer);
    timer = setInterval(ask, EVERY_S * 1000);
    showState();
    listDevices();
  }

  function stop() {
    clearInterval(timer);
    asking?.abort();
    microphone?.close();
    microphone = null;
    recent = null;
    level.firstElementChild.style.setProperty("--level", "0");
    setText(levelText, "–");
    showState();
  }
  signal.addEventListener("abort", stop);

  async function listDevices() {
    const all = await microphones();
    deviceField.hidden = all.length < 2;
    replace(device, all.map((each) => h("option", { value: each.deviceId }, each.label || each.deviceId.slice(0, 8))));
    if (microphone?.device) device.value = microphone.device;
  }
  device.addEventListener("change", () => { if (microphone) { stop(); listen(); } }, { signal });

  async function ask() {
    const labels = field.labels();
    // One question at a time: a slow box is asked less often, not more.
    if (!recent || asking || labels.length === 0) return;
    const samples = recent.last(length);
    if (samples.length < Math.min(length, EVERY_S) * recent.rate * 0.9) return;
    asking = new AbortController();
    const end = (performance.now() - begun) / 1000;
    const form = new FormData();
    form.append("audio", wav(samples, recent.rate), "microphone.wav");
    form.append("labels", JSON.stringify(labels));
    form.append("threshold", threshold.value().toFixed(2));
    form.append("window", String(length));
    form.append("hop", String(length));
    try {
      const answer = await upload("/api/predict", form, { signal: asking.signal });
      const fused = answer.files[0].fused;
      scores = fused.scores;
      windows.push({ start: Math.max(0, end - EVERY_S), end, label: fused.top, confidence: fused.confidence });
      while (windows.length && windows[0].end < end - STRIP_S - 10) windows.shift();
      setText(wrong, "");
      setText(facts, t("mic.facts", { time: milliseconds(answer.elapsed_ms), model: answer.model }));
      show();
    } catch (failure) {
      if (failure.name !== "AbortError") setText(wrong, failure.status === 429 ? t("mic.busy") : errorText(failure));
    } finally { asking = null; }
  }

  function show() {
    const limit = threshold.value();
    const labels = scores ? Object.keys(scores) : field.labels();
    const result = judge(scores, limit);
    verdict.update(scores ? result : { top: null, confidence: 0, determined: false }, limit);
    if (!scores) verdict.waiting(t("mic.waiting"));
    bars.update(labels.map((label) => ({ id: label, name: label, value: scores?.[label] ?? 0, kind: labelKind(label) })), { threshold: limit, top: labels.length > 5 ? 3 : null });
    const to = Math.max(STRIP_S, windows.at(-1)?.end ?? 0);
    const known = [...new Set([...labels, ...windows.map((window) => window.label)])];
    timeline.update({
      labels: known.map((label) => ({ id: label, name: label, kind: labelKind(label) })),
      windows: windows.map((window) => ({ ...window, verdict: window.confidence >= limit ? window.label : "undetermined" })),
      from: to - STRIP_S, to, threshold: limit,
    });
  }
}
