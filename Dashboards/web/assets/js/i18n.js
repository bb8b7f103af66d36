// Words in the chosen language. Every page brings its own dictionary under its own prefix ("plant.title").
import { recall, remember } from "./store.js";

const dictionaries = { en: {}, zh: {} };
const listeners = new Set();
const rules = { en: new Intl.PluralRules("en"), zh: new Intl.PluralRules("zh") };

let current = (() => {
  const asked = new URLSearchParams(location.search).get("lang");
  const text = asked || recall("language") || navigator.language || "en";
  return /^zh/i.test(text) ? "zh" : "en";
})();
document.documentElement.lang = current === "zh" ? "zh-CN" : "en";

/** "en" or "zh". */
export function language() { return current; }

/** The tag for Intl. */
export function locale() { return current === "zh" ? "zh-CN" : "en-GB"; }

/** Adds a page's words: `register("en", {"desk.title": "Listening desk"})`. */
export function register(lang, dictionary) { Object.assign(dictionaries[lang], dictionary); }

/**
 * The words of a key, `{name}` filled from `params`. A value may be `{one, other}`, chosen by `params.count`.
 * A key nobody knows is shown as itself, so that it is seen and mended.
 */
export function t(key, params) {
  let words = dictionaries[current][key] ?? dictionaries.en[key] ?? key;
  if (typeof words === "object") words = words[rules[current].select(params?.count ?? 0)] ?? words.other;
  if (!params) return words;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (params[name] === undefined ? whole : String(params[name])));
}

/** A name as the API gives it, {"en": …, "zh": …}, in the chosen language; the other one where it lacks it. */
export function name(names) {
  if (!names) return "";
  if (typeof names === "string") return names;
  return names[current] || names.en || names.zh || "";
}

/** Changes and remembers the language; the shell draws the page anew. */
export function setLanguage(lang) {
  if (lang !== "en" && lang !== "zh") return;
  remember("language", lang);
  if (lang === current) return;
  current = lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const listener of listeners) listener(lang);
}

export function onLanguage(listener, signal) {
  listeners.add(listener);
  signal?.addEventListener("abort", () => listeners.delete(listener));
}
