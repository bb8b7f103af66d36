// What was heard when an alarm was raised: sound, picture and scores.
import { get } from "../api.js";
import { every, h, replace } from "../dom.js";
import { clock, confidence, dateTime, ms, now } from "../format.js";
import { language, name, t } from "../i18n.js";
import { empty } from "./empty.js";
import { createBars } from "./bars.js";
import { createPlayer } from "./player.js";

/** A clip is written when its last seconds have been heard; until then it is asked for again. */
const SOON_MS = 60_000;

/**
 * `createEvidence({alarm, labels, threshold, signal})`: `alarm` as the API's detail gives it, `labels` the machine's
 * ([{id, name, kind}], the ids stand in where it is empty).
 */
export function createEvidence({ alarm, labels = [], threshold = 0.75, signal }) {
  const named = new Map(labels.map((label) => [label.id, label]));
  const windows = alarm.windows ?? [];
  const buttons = h("div", { class: "segments", role: "group", "aria-label": t("evidence.windows") });
  const bars = createBars({ label: t("evidence.scores") });
  const when = h("p", { class: "small quiet num" });
  const sound = h("div", { class: "evidence-sound" });
  let clip = null, player = null;
  const offset = (time) => (ms(time) - ms(clip.start)) / 1000;

  function showSound(clips) {
    clip = clips?.find((each) => each.reason === "alarm") ?? clips?.[0] ?? null;
    if (!clip) return;
    player = createPlayer({
      src: clip.audio, duration: clip.duration_s, spectrogram: clip.spectrogram, start: clip.start,
      download: clip.audio, label: t("evidence.sound"), signal,
      regions: windows.map((window, index) => ({ from: offset(window.start), to: index + 1 < windows.length ? offset(windows[index + 1].start) : offset(window.end ?? window.start), label: confidence(window.confidence) })),
    });
    replace(sound, player.element, h("p", { class: "small faint" }, t("evidence.kept", { from: dateTime(clip.start), seconds: Math.round(clip.duration_s) })));
  }

  function showNoSound() {
    const soon = now() - ms(alarm.raised) < SOON_MS;
    replace(sound, empty({ icon: soon ? "clock" : "broken", title: t(soon ? "evidence.soon" : "evidence.noSound"), text: t(soon ? "evidence.soon.text" : "evidence.noSound.text"), compact: true }));
    if (!soon) return;
    const waiting = new AbortController();
    every(4000, async () => {
      try { showSound((await get("alarms/" + encodeURIComponent(alarm.alarm_id), { signal })).clips); } catch { return; }
      if (clip) waiting.abort();
      else if (now() - ms(alarm.raised) >= SOON_MS) { waiting.abort(); showNoSound(); }
    }, AbortSignal.any([waiting.signal, signal]));
  }

  function choose(index) {
    const window = windows[index];
    [...buttons.children].forEach((button, at) => button.setAttribute("aria-pressed", String(at === index)));
    when.textContent = t("evidence.window", { n: index + 1, of: windows.length, from: clock(window.start), to: clock(window.end ?? window.start) });
    const rows = Object.entries(window.scores ?? { [alarm.label]: window.confidence })
      .map(([id, value]) => ({ id, value, name: named.get(id)?.name ?? id, kind: named.get(id)?.kind ?? (id === alarm.label ? "fault" : "plain"), threshold: named.size && named.get(id)?.kind !== "fault" ? null : undefined }));
    bars.update(rows, { threshold });
  }

  windows.forEach((window, index) => buttons.append(h("button", {
    onclick: () => { choose(index); player?.seek(offset(window.start)); },
  }, clock(window.start) + " · " + confidence(window.confidence))));
  // The event's own message is in one language; this says the same in the reader's.
  const sentence = windows.length ? t(alarm.label === "changed" ? "evidence.changed" : "evidence.sentence", {
    label: named.get(alarm.label)?.name ?? (name(alarm.name) || alarm.label), count: windows.length,
    threshold: confidence(threshold), values: windows.map((window) => confidence(window.confidence)).join(language() === "zh" ? "、" : ", "),
  }) : alarm.message;
  const element = h("div", { class: "evidence" },
    sentence && h("p", { class: "evidence-sentence" }, sentence),
    sound,
    h("div", { class: "evidence-scores" }, windows.length ? [buttons, when, bars.element] : h("p", { class: "quiet" }, t("evidence.noWindows"))));
  if (windows.length) choose(windows.length - 1);
  showSound(alarm.clips);
  if (!clip) showNoSound();
  return { element };
}

/** Fills `slot` when it is opened for the first time. */
export function lazily(details, fill) {
  details.addEventListener("toggle", () => {
    if (!details.open || details.filled) return;
    details.filled = true;
    fill(details.lastElementChild);
  });
  return details;
}

