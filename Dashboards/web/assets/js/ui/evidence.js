// What was heard when an alarm was raised: the sound, its picture with the windows marked, and the scores of each.
import { h } from "../dom.js";
import { clock, confidence, dateTime, ms } from "../format.js";
import { language, name, register, t } from "../i18n.js";
import { empty } from "./empty.js";
import { createBars } from "./bars.js";
import { createPlayer } from "./player.js";
import en from "../i18n/en/evidence.js";
import zh from "../i18n/zh/evidence.js";

register("en", en);
register("zh", zh);

/**
 * `createEvidence({alarm, labels, threshold, signal})`: `alarm` as the API's detail gives it, `labels` the machine's
 * ([{id, name, kind}], the ids stand in where it is empty).
 */
export function createEvidence({ alarm, labels = [], threshold = 0.75, signal }) {
  const clip = alarm.clips?.find((each) => each.reason === "alarm") ?? alarm.clips?.[0] ?? null;
  const named = new Map(labels.map((label) => [label.id, label]));
  const windows = alarm.windows ?? [];
  const buttons = h("div", { class: "segments", role: "group", "aria-label": t("evidence.windows") });
  const bars = createBars({ label: t("evidence.scores") });
  const when = h("p", { class: "small quiet num" });
  const start = clip ? ms(clip.start) : 0;
  const offset = (time) => (ms(time) - start) / 1000;

  const player = clip && createPlayer({
    src: clip.audio, duration: clip.duration_s, spectrogram: clip.spectrogram, start: clip.start,
    download: clip.audio, label: t("evidence.sound"), signal,
    regions: windows.map((window, index) => ({ from: offset(window.start), to: index + 1 < windows.length ? offset(windows[index + 1].start) : offset(window.end ?? window.start), label: confidence(window.confidence) })),
  });

  function choose(index) {
    const window = windows[index];
    [...buttons.children].forEach((button, at) => button.setAttribute("aria-pressed", String(at === index)));
    when.textContent = t("evidence.window", { n: index + 1, of: windows.length, from: clock(window.start), to: clock(window.end ?? window.start) });
    const rows = Object.entries(window.scores ?? { [alarm.label]: window.confidence })
      .map(([id, value]) => ({ id, value, name: named.get(id)?.name ?? id, kind: named.get(id)?.kind ?? (id === alarm.label ? "fault" : "plain"), threshold: named.size && named.get(id)?.kind !== "fault" ? null : undefined }));
    bars.update(rows, { threshold });
  }

  windows.forEach((window, index) => buttons.append(h("button", {
    type: "button", onclick: () => { choose(index); if (player && clip) player.seek(offset(window.start)); },
  }, clock(window.start) + " · " + confidence(window.confidence))));
  // The event's own message is in one language; this says the same in the reader's.
  const sentence = windows.length ? t("evidence.sentence", {
    label: named.get(alarm.label)?.name ?? (name(alarm.name) || alarm.label), count: windows.length,
    threshold: confidence(threshold), values: windows.map((window) => confidence(window.confidence)).join(language() === "zh" ? "、" : ", "),
  }) : alarm.message;
  const element = h("div", { class: "evidence" },
    sentence && h("p", { class: "evidence-sentence" }, sentence),
    h("div", { class: "evidence-sound" }, player ? [player.element, h("p", { class: "small faint" }, t("evidence.kept", { from: dateTime(clip.start), seconds: Math.round(clip.duration_s) }))]
      : empty({ icon: "broken", title: t("evidence.noSound"), text: t("evidence.noSound.text"), compact: true })),
    h("div", { class: "evidence-scores" }, windows.length ? [buttons, when, bars.element] : h("p", { class: "quiet" }, t("evidence.noWindows"))));
  if (windows.length) choose(windows.length - 1);
  return { element, player };
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

