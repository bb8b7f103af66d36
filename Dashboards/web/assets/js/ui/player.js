// A sound with its picture: play, seek by slider, key or click.
import { h, setText } from "../dom.js";
import { icon } from "../icons.js";
import { position } from "../format.js";
import { t } from "../i18n.js";
import { errorText } from "./empty.js";
import { createSpectrogram } from "./spectrogram.js";

const playing = new Set();

/**
 * `createPlayer({src, duration, label, spectrogram, start, regions, download, onTime, signal})`. `spectrogram` is the
 * address of a picture, what createSpectrogram returned, or null. `source`, an async function giving an address, stands
 * in for `src` when the sound is only to be fetched once somebody plays it. `regions`: [{from, to, label}] in seconds.
 * Returns {element, audio, spectrogram, play, pause, seek(seconds), load({src, …}), dispose}. Only one sound plays at
 * a time; all ends with `signal`.
 */
export function createPlayer(options) {
  const { label = t("sound.sound"), onTime = null, signal = null } = options;
  const audio = h("audio", { preload: "none" });
  const button = h("button", { class: "button primary play", "aria-label": t("sound.play") }, icon("play"));
  const slider = h("input", { type: "range", min: "0", step: "0.01", value: "0", "aria-label": t("sound.position") });
  const time = h("span", { class: "time" });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const save = h("a", { class: "button ghost icon-only compact", hidden: true, "aria-label": t("sound.download"), title: t("sound.download"), download: "" }, icon("download"));
  const owned = typeof options.spectrogram === "string" || options.spectrogram === undefined;
  const picture = typeof options.spectrogram === "string" ? createSpectrogram({ label, onSeek: seek })
    : options.spectrogram ?? null;
  const element = h("div", { class: "player", role: "group", "aria-label": label },
    picture?.element, h("div", { class: "player-bar" }, button, slider, time, save), wrong, audio);
  let length = 0, frame = 0, lazy = null;

  function known() { return Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : length; }

  function show() {
    const at = audio.currentTime;
    slider.max = String(known() || 1);
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", position(at) + " / " + position(known()));
    setText(time, position(at) + " / " + position(known()));
    picture?.cursor(at > 0 || !audio.paused ? at : null);
    onTime?.(at);
  }

  function follow() {
    cancelAnimationFrame(frame);
    show();
    if (!audio.paused) frame = requestAnimationFrame(follow);
  }

  /** The address of the sound, asked for when it is first needed. */
  async function ready() {
    if (audio.getAttribute("src") || !lazy) return;
    button.disabled = true;
    try { audio.src = await lazy(); } finally { button.disabled = false; }
  }

  async function seek(seconds) {
    if (lazy && !audio.getAttribute("src")) {
      try { await ready(); } catch (failure) { refuse(failure); return; }
    }
    const to = Math.max(0, Math.min(known() || seconds, seconds));
    if (audio.readyState === 0) {
      // Nothing is loaded before the first play: remember where to begin.
      audio.addEventListener("loadedmetadata", () => { audio.currentTime = to; }, { once: true });
      audio.preload = "metadata";
      audio.load();
    } else audio.currentTime = to;
    show();
  }

  async function play() {
    for (const other of playing) if (other !== audio) other.pause();
    wrong.hidden = true;
    try {
      await ready();
      await audio.play();
    } catch (failure) { refuse(failure); }
  }

  function refuse(failure) {
    if (failure.name === "AbortError") return;
    wrong.hidden = false;
    setText(wrong, failure.status === undefined ? t("sound.cannotPlay") : errorText(failure));
  }

  button.addEventListener("click", () => (audio.paused ? play() : audio.pause()));
  slider.addEventListener("input", () => seek(Number(slider.value)));
  slider.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); button.click(); }
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -5, PageUp: 5 }[event.key];
    if (step) { event.preventDefault(); seek(audio.currentTime + step); }
  });
  audio.addEventListener("play", () => {
    playing.add(audio);
    button.replaceChildren(icon("pause"));
    button.setAttribute("aria-label", t("sound.pause"));
    follow();
  });
  audio.addEventListener("pause", () => {
    playing.delete(audio);
    button.replaceChildren(icon("play"));
    button.setAttribute("aria-label", t("sound.play"));
    show();
  });
  for (const event of ["loadedmetadata", "seeked", "ended"]) audio.addEventListener(event, show);
  audio.addEventListener("error", () => {
    if (!audio.getAttribute("src")) return;
    wrong.hidden = false;
    setText(wrong, t("sound.cannotPlay"));
  });

  function load({ src, source = null, duration = 0, spectrogram = null, start = null, regions = [], download = null }) {
    audio.pause();
    length = duration;
    wrong.hidden = true;
    lazy = source;
    if (src) audio.src = src; else audio.removeAttribute("src");
    button.disabled = slider.disabled = !src && !source;
    if (picture && owned && typeof spectrogram === "string") picture.load(spectrogram, { start, duration, signal });
    picture?.regions(regions);
    save.hidden = !download;
    if (download) save.href = download;
    show();
  }

  function dispose() {
    cancelAnimationFrame(frame);
    audio.pause();
    playing.delete(audio);
    audio.removeAttribute("src");
    if (owned) picture?.dispose();
  }
  signal?.addEventListener("abort", dispose, { once: true });
  load(options);
  return { element, audio, spectrogram: picture, play, pause: () => audio.pause(), seek, load, dispose };
}
