// Words in the chosen language. Every page has its own dictionary under its own prefix ("plant.title"); of both languages only
// the chosen one is fetched.
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

const parts = new Set();

/** Fetches the words of parts of the pages, `i18n/LANGUAGE/PART.js`; rejects where the box does not answer. */
export async function words(names, lang = current) {
  await Promise.all(names.map(async (part) => {
    const { default: all } = await import(`./i18n/${lang}/${part}.js`);
    for (const [key, value] of Object.entries(all)) {
      // {plant: {title: …}} is "plant.title"; a key with a dot stands for itself.
      if (key.includes(".")) dictionaries[lang][key] = value;
      else for (const [rest, said] of Object.entries(value)) dictionaries[lang][`${key}.${rest}`] = said;
    }
    parts.add(part);
  }));
}

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

/** Changes and remembers the language; the shell draws the page anew. Without its words everything stays as it is. */
export async function setLanguage(lang) {
  if (!dictionaries[lang]) return;
  try { await words([...parts], lang); } catch { return; }
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
