// Light, dark or as the system has it; `data-theme` on <html> holds the resolved one.
import { recall, remember } from "./store.js";

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

/** "auto", "light" or "dark": what the person chose. */
export function themeChoice() {
  const choice = recall("theme");
  return choice === "light" || choice === "dark" ? choice : "auto";
}

/** "light" or "dark": what is shown. */
export function theme() {
  const choice = themeChoice();
  return choice === "auto" ? (systemDark.matches ? "dark" : "light") : choice;
}

export function setTheme(choice) {
  remember("theme", choice === "auto" ? null : choice);
  apply();
}

/** Calls `listener` when the shown theme changes (charts and canvases redraw); ends with `signal`. */
export function onTheme(listener, signal) {
  listeners.add(listener);
  signal?.addEventListener("abort", () => listeners.delete(listener));
}

/** A colour of the palette as the canvas needs it: `color("--accent")`. */
export function color(property) {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}

function apply() {
  document.documentElement.dataset.theme = theme();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", color("--bg"));
  for (const listener of listeners) listener(theme());
}

systemDark.addEventListener("change", apply);
apply();
