// Times, durations, shares, levels and sizes in the chosen language; null is "–".
import { language, locale, t } from "./i18n.js";

const NONE = "–";
let ahead = 0;
const made = new Map();

/** Tells the server's time, so that "12 s ago" is right on a screen whose clock is not. */
export function setServerTime(time) {
  const difference = Date.parse(time) - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) < 2000 ? 0 : difference;
}

/** Now by the server's clock, ms. */
export function now() { return Date.now() + ahead; }

function intl(kind, options) {
  const key = locale() + kind + JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl[kind](locale(), options));
  return made.get(key);
}

/** Accepts RFC 3339, ms or Date; NaN when there is none. */
export function ms(time) {
  if (time === null || time === undefined || time === "") return NaN;
  return typeof time === "number" ? time : time instanceof Date ? time.getTime() : Date.parse(time);
}

function date(time, options) {
  const at = ms(time);
  return Number.isNaN(at) ? NONE : intl("DateTimeFormat", options).format(at);
}

/** 14:03:27 */
export function clock(time) { return date(time, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }); }

/** 14:03 */
export function hourMinute(time) { return date(time, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }); }

/** 22 Nov */
export function day(time) { return date(time, { day: "numeric", month: "short" }); }

/** Today only the time of day, else the day too. */
export function dateTime(time, { seconds = true } = {}) {
  const at = ms(time);
  if (Number.isNaN(at)) return NONE;
  const when = new Date(at), today = new Date(now());
  const ofDay = seconds ? clock(at) : hourMinute(at);
  if (when.toDateString() === today.toDateString()) return ofDay;
  const options = { day: "numeric", month: "short" };
  if (when.getFullYear() !== today.getFullYear()) options.year = "numeric";
  return date(at, options) + (language() === "zh" ? " " : ", ") + ofDay;
}

/** In full, for titles and screen readers. */
export function fullTime(time) { return date(time, { dateStyle: "full", timeStyle: "medium" }); }

/** 45 s, 3 min, 2 h 10 min, 3 d 4 h */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return t("format.s", { n: s });
  if (s < 600 && s % 60) return t("format.mins", { m: Math.floor(s / 60), s: s % 60 });
  const m = Math.round(s / 60);
  if (m < 60) return t("format.min", { n: m });
  if (m < 1440) return m % 60 ? t("format.hmin", { h: Math.floor(m / 60), m: m % 60 }) : t("format.h", { n: m / 60 });
  const hours = Math.round(m / 60);
  return hours % 24 && hours < 240 ? t("format.dh", { d: Math.floor(hours / 24), h: hours % 24 })
    : t("format.d", { n: Math.round(hours / 24), count: Math.round(hours / 24) });
}

/** "5 s ago"; coarse, so that it changes seldom. */
export function ago(time) {
  const at = ms(time);
  if (Number.isNaN(at)) return NONE;
  const s = (now() - at) / 1000;
  if (s < 2) return t("format.now");
  if (s < 60) return t("format.ago", { span: t("format.s", { n: Math.floor(s) }) });
  if (s < 3600) return t("format.ago", { span: t("format.min", { n: Math.floor(s / 60) }) });
  if (s < 86400) return t("format.ago", { span: t("format.h", { n: Math.floor(s / 3600) }) });
  const d = Math.floor(s / 86400);
  return t("format.ago", { span: t("format.d", { n: d, count: d }) });
}

/** 1:07 of a recording; 0:03.4 with tenths. */
export function position(seconds, tenths = false) {
  if (!Number.isFinite(seconds)) return "0:00";
  const whole = tenths ? Math.floor(seconds * 10) / 10 : Math.floor(seconds);
  const m = Math.floor(whole / 60), s = whole - m * 60;
  return m + ":" + (tenths ? s.toFixed(1).padStart(4, "0") : String(s).padStart(2, "0"));
}

/** 0.874 → "87 %" in English, "87%" in Chinese (a thin space that does not break). */
export function percent(share, digits = 0) {
  if (share === null || share === undefined || !Number.isFinite(share)) return NONE;
  // Nothing short of certain is shown as 100 %.
  const clamped = share >= 1 ? 1 : share >= 0.995 && digits === 0 ? 0.99 : share;
  return (clamped * 100).toFixed(digits) + (language() === "zh" ? "%" : "\u202f%");
}

/** A confidence as the rule compares it: 0.71 */
export function confidence(value) {
  return value === null || value === undefined || !Number.isFinite(value) ? NONE : value.toFixed(2);
}

/** −32.4 dBFS with a real minus sign. */
export function dbfs(value, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return number(value, digits).replace("-", "−") + "\u202fdBFS";
}

export function number(value, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return intl("NumberFormat", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** 1.4 GB */
export function bytes(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let step = 0, rest = value;
  while (rest >= 1000 && step < units.length - 1) { rest /= 1000; step += 1; }
  return number(rest, step === 0 || rest >= 100 ? 0 : 1) + "\u202f" + units[step];
}

export function milliseconds(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return value >= 1000 ? number(value / 1000, 1) + "\u202fs" : number(value, value < 10 ? 1 : 0) + "\u202fms";
}
