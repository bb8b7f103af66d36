// The listening desk: a sound, labels typed on the spot, and what the model makes of them.
import { upload } from "../api.js";
import { h, replace, setAttribute, setText } from "../dom.js";
import { bytes, duration, milliseconds, position } from "../format.js";
import { icon } from "../icons.js";
import { recall, remember } from "../store.js";
import { createLabelField, createThreshold, labelKind } from "../desk/labels.js";
import { createVerdict, judge } from "../desk/verdict.js";
import { MicrophoneError, openMicrophone } from "../sound/microphone.js";
import { drawSpectrogram } from "../sound/spectrum.js";
import { wav } from "../sound/wav.js";
import { createBars } from "../ui/bars.js";
import { empty, errorText } from "../ui/empty.js";
import { createPlayer } from "../ui/player.js";
import { createSpectrogram } from "../ui/spectrogram.js";
import { createTimeline } from "../ui/timeline.js";

const TYPES = ".wav,.flac,.mp3,.ogg,.oga,.opus,.rf64,audio/*";
const LONGEST_RECORDING_S = 120;

export default async function mount(root, { t, signal }) {
  let sound = null;
  let answer = null;
  let running = null;
  let everyBar = false;
  let follow = () => {};

  // ---- The sound.
  const file = h("input", { type: "file", accept: TYPES, id: "sound", class: "sr-only" });
  const drop = h("div", { class: "drop" },
    h("div", { class: "drop-icon" }, icon("wave", "large")),
    h("p", { class: "drop-title" }, t("desk.drop")),
    h("p", { class: "hint" }, t("desk.drop.hint")),
    h("div", { class: "row drop-actions" },
      h("label", { class: "button primary", for: "sound" }, icon("upload", "small"), t("desk.choose")), file,
      h("button", { class: "button", onclick: record }, icon("record", "small"), t("desk.record"))));
  const soundName = h("strong", { class: "clip" });
  const soundFacts = h("span", { class: "small faint num" });
  const picture = createSpectrogram({ label: t("sound.spectrogram"), onSeek: (at) => player.seek(at) });
  const player = createPlayer({ spectrogram: picture, label: t("desk.sound"), signal, onTime: (at) => follow(at) });
  const chosen = h("div", { class: "stack chosen", hidden: true },
    h("div", { class: "row" }, icon("file"), h("div", { class: "chosen-name" }, soundName, soundFacts),
      h("button", { class: "button ghost compact push", onclick: () => { forget(); file.focus(); } }, t("desk.another"))),
    player.element);
  const level = h("div", { class: "meter", "aria-hidden": "true" }, h("span"));
  const recordingTime = h("span", { class: "num" }, "0:00");
  const recording = h("div", { class: "recording", role: "status", hidden: true },
    h("span", { class: "live-dot" }), h("span", null, t("desk.recording")), recordingTime, level,
    h("button", { class: "button primary", onclick: () => stopRecording?.() }, icon("stop", "small"), t("desk.stop")));
  const soundWrong = h("p", { class: "wrong", role: "alert" });
  const soundCard = h("section", { class: "card desk-sound", "aria-labelledby": "desk-sound" },
    h("div", { class: "card-head" }, h("h2", { id: "desk-sound" }, h("span", { class: "step" }, "1"), t("desk.sound"))),
    h("div", { class: "card-pad stack" }, drop, recording, chosen, soundWrong));

  // ---- The labels and how they are judged.
  const field = createLabelField({ signal });
  const threshold = createThreshold({ onChange: showAnswer });
  const denoise = h("input", { type: "checkbox", checked: recall("denoise") === "yes" });
  denoise.addEventListener("change", () => remember("denoise", denoise.checked ? "yes" : null));
  const go = h("button", { class: "button primary go", onclick: classify }, t("desk.go"));
  const wrong = h("p", { class: "wrong", role: "alert" });
  const labelCard = h("section", { class: "card", "aria-labelledby": "desk-labels" },
    h("div", { class: "card-head" }, h("h2", { id: "desk-labels" }, h("span", { class: "step" }, "2"), t("desk.question"))),
    h("div", { class: "card-pad stack" }, field.element,
      h("div", { class: "desk-options" }, threshold.element,
        h("label", { class: "check" }, denoise, h("span", null, t("desk.denoise"), h("span", { class: "hint block" }, t("desk.denoise.hint"))))),
      go, wrong));

  // ---- The answer.
  const verdict = createVerdict();
  const bars = createBars({ label: t("desk.scores") });
  const more = h("button", { class: "button ghost compact", onclick: () => { everyBar = !everyBar; showAnswer(); } });
  const timeline = createTimeline({ label: t("desk.windows"), onSeek: (at) => player.seek(at), signal });
  const timelinePart = h("div", { class: "stack" }, h("h3", null, t("desk.windows")), timeline.element);
  const facts = h("p", { class: "small faint num" });
  const filled = h("div", { class: "stack answer", hidden: true }, verdict.element, bars.element, more, timelinePart, facts);
  const blank = h("div");
  const answerCard = h("section", { class: "card desk-answer", "aria-labelledby": "desk-answer" },
    h("div", { class: "card-head" }, h("h2", { id: "desk-answer" }, h("span", { class: "step" }, "3"), t("desk.answer"))),
    h("div", { class: "card-pad" }, blank, filled));

  root.append(h("div", { class: "page desk" },
    h("div", { class: "page-head" }, h("h1", null, t("desk.title")), h("p", { class: "lead" }, t("desk.lead"))),
    h("div", { class: "desk-grid" }, h("div", { class: "stack" }, soundCard, labelCard),
      h("div", { class: "stack" }, answerCard, guide(t)))));
  follow = (at) => timeline.update({ cursor: player.audio.paused && at === 0 ? null : at });
  showNothing();

  function showNothing() {
    filled.hidden = true;
    blank.hidden = false;
    replace(blank, empty({ icon: "desk", title: t("desk.empty"), text: t("desk.empty.text") }));
  }

  // ---- Taking a sound.
  file.addEventListener("change", () => { if (file.files[0]) take(file.files[0]); file.value = ""; }, { signal });
  let depth = 0;
  const over = (on) => setAttribute(soundCard, "data-over", on ? "" : null);
  for (const [event, action] of [
    ["dragenter", () => { depth += 1; over(true); }], ["dragleave", () => { depth -= 1; if (depth <= 0) over(false); }],
    ["dragover", () => {}],
    ["drop", (dropped) => { depth = 0; over(false); const [first] = dropped.dataTransfer.files; if (first) take(first); }],
  ]) {
    // The whole page takes a dropped file: nobody has to aim, and a miss does not open the file in place of the page.
    document.addEventListener(event, (happened) => {
      if (!happened.dataTransfer?.types.includes("Files")) return;
      happened.preventDefault();
      action(happened);
    }, { signal });
  }

  async function take(blob, called = blob.name) {
    forget();
    sound = { blob, called, url: URL.createObjectURL(blob) };
    const mine = sound;
    drop.hidden = true;
    chosen.hidden = false;
    setText(soundName, called);
    setText(soundFacts, bytes(blob.size));
    player.load({ src: sound.url });
    picture.message(t("shell.loading"));
    try {
      const context = new OfflineAudioContext(1, 1, 48000);
      const decoded = await context.decodeAudioData(await blob.arrayBuffer());
      if (mine !== sound || signal.aborted) return;
      setText(soundFacts, `${duration(decoded.duration)} · ${bytes(blob.size)}`);
      player.load({ src: mine.url, duration: decoded.duration });
      const canvas = picture.canvas({ width: 900, height: 176, duration: decoded.duration });
      await drawSpectrogram(canvas, decoded.getChannelData(0), decoded.sampleRate, { signal });
    } catch {
      // What this browser cannot play, the box may still read.
      if (mine === sound) picture.message(t("desk.noPreview"));
    }
  }

  function forget() {
    if (sound) URL.revokeObjectURL(sound.url);
    running?.abort();
    sound = null;
    answer = null;
    drop.hidden = false;
    chosen.hidden = true;
    setText(soundWrong, "");
    setText(wrong, "");
    player.load({ src: null });
    showNothing();
  }
  signal.addEventListener("abort", () => { if (sound) URL.revokeObjectURL(sound.url); running?.abort(); stopRecording?.(true); });

  // ---- Recording.
  let stopRecording = null;
  async function record() {
    const blocks = [];
    let count = 0, microphone;
    setText(soundWrong, "");
    try {
      microphone = await openMicrophone({
        onBlock: (block) => {
          blocks.push(block);
          count += block.length;
          let most = 0;
          for (const value of block) most = Math.max(most, Math.abs(value));
          level.firstElementChild.style.setProperty("--level", Math.min(1, Math.sqrt(most)).toFixed(3));
          setText(recordingTime, position(count / microphone.rate));
          if (count / microphone.rate >= LONGEST_RECORDING_S) stopRecording?.();
        },
        onEnd: () => stopRecording?.(),
      });
    } catch (failure) {
      setText(soundWrong, t("mic.error." + (failure instanceof MicrophoneError ? failure.code : "unsupported")));
      return;
    }
    if (signal.aborted) { microphone.close(); return; }
    drop.hidden = true;
    recording.hidden = false;
    recording.querySelector("button").focus();
    stopRecording = (dropped = false) => {
      stopRecording = null;
      microphone.close();
      recording.hidden = true;
      if (dropped) return;
      if (count === 0) { drop.hidden = false; return; }
      const samples = new Float32Array(count);
      let at = 0;
      for (const block of blocks) { samples.set(block, at); at += block.length; }
      take(wav(samples, microphone.rate), t("desk.recorded"));
    };
  }

  // ---- Asking.
  async function classify() {
    setText(wrong, "");
    const labels = field.labels();
    if (!sound) { setText(wrong, t("desk.needSound")); return; }
    if (labels.length === 0) { setText(wrong, t("desk.needLabels")); field.focus(); return; }
    if (running) { running.abort(); return; }
    running = new AbortController();
    const form = new FormData();
    form.append("audio", sound.blob, sound.called);
    form.append("labels", JSON.stringify(labels));
    form.append("threshold", threshold.value().toFixed(2));
    if (denoise.checked) form.append("denoise", "true");
    replace(go, h("span", { class: "spinner", "aria-hidden": "true" }), t("desk.going"));
    try {
      answer = await upload("/api/predict", form, { signal: running.signal });
      field.advise(answer.advice ?? []);
      everyBar = false;
      showAnswer();
    } catch (failure) {
      if (failure.name !== "AbortError") setText(wrong, errorText(failure));
    } finally {
      running = null;
      if (!signal.aborted) replace(go, t("desk.go"));
    }
  }

  function showAnswer() {
    const result = answer?.files?.[0];
    if (!result) return;
    const labels = answer.labels ?? Object.keys(result.fused.scores);
    const limit = threshold.value();
    blank.hidden = true;
    filled.hidden = false;
    verdict.update(judge(result.fused.scores, limit), limit);
    const many = labels.length > 5;
    bars.update(labels.map((label) => ({ id: label, name: label, value: result.fused.scores[label], kind: labelKind(label) })),
      { threshold: limit, top: many && !everyBar ? 3 : null });
    more.hidden = !many;
    setText(more, everyBar ? t("desk.fewer") : t("desk.all", { count: labels.length }));
    setAttribute(more, "aria-expanded", String(everyBar));
    timelinePart.hidden = result.windows.length < 2;
    timeline.update({
      labels: labels.map((label) => ({ id: label, name: label, kind: labelKind(label) })),
      windows: result.windows.map((window) => ({
        start: window.start_s, end: window.end_s, label: window.top, confidence: window.confidence,
        verdict: window.confidence >= limit ? window.top : "undetermined",
      })),
      from: 0, to: result.duration_s, threshold: limit,
    });
    const run = result.fused.max_run;
    setText(facts, [
      t("desk.facts", { windows: t("desk.facts.windows", { count: result.windows.length }), length: duration(result.duration_s), time: milliseconds(answer.elapsed_ms) }),
      run && result.windows.length > 1 ? t("desk.run", { label: run.label, count: run.count }) : null,
      answer.model,
    ].filter(Boolean).join(" · "));
  }
}

/** How to word labels, as people learned it on real machines. */
function guide(t) {
  return h("details", { class: "card guide" }, h("summary", null, icon("info"), h("span", null, t("desk.guide"))),
    h("ul", null, ["parallel", "concrete", "anchor", "judgement", "distinct"].map((point) =>
      h("li", null, h("strong", null, t(`desk.guide.${point}`)), " ", t(`desk.guide.${point}.text`)))));
}
