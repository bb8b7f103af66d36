// Routes are hashes (#/machine/ID); a page is a module, its words and a sheet.
import { ApiError } from "./api.js";
import { h, replace } from "./dom.js";
import { t, words } from "./i18n.js";
import { errorState, loading } from "./ui/empty.js";

/** First path segment → page module; `detail` is the module when an identifier follows; `words` what they and their parts say. */
const ROUTES = {
  plant: { page: "plant" },
  machine: { page: "machine", nav: "plant", words: ["machine", "normal-sound", "decisions", "review", "outlook", "evidence", "acknowledge"] },
  alarms: { page: "alarms", detail: "alarm", words: ["alarms", "evidence", "acknowledge"] },
  desk: { page: "desk" },
  microphone: { page: "microphone", css: ["desk"], words: ["desk"] },
  review: { page: "review" },
  "what-if": { page: "what-if" },
  system: { page: "system" },
  login: { page: "login" },
};

const sheets = new Map();
let leave = null;
let failed = false;
let visit = 0;
let listener = () => {};

export function onRoute(action) { listener = action; }

/** {page, params: {id}, query: URLSearchParams, nav} of the current hash. */
export function route() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [first, id] = path.split("/").filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  const known = Object.hasOwn(ROUTES, first ?? "plant") ? first ?? "plant" : "plant";
  const entry = ROUTES[known];
  return {
    name: known, page: id && entry.detail ? entry.detail : entry.page, css: entry.css ?? [entry.page], words: entry.words ?? [entry.page], nav: entry.nav ?? known,
    params: { id: id ?? null }, query: new URLSearchParams(search),
  };
}

/** `go("/machine/compressor-2")` */
export function go(path, { replace: instead = false } = {}) {
  if (instead) { history.replaceState(null, "", "#" + path); navigate(); } else location.hash = path;
}

/** Writes the query of the current route without mounting it again (filters, time ranges). */
export function setQuery(values) {
  const [path, search = ""] = location.hash.split("?");
  const query = new URLSearchParams(search);
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") query.delete(key); else query.set(key, value);
  }
  const text = query.toString();
  history.replaceState(null, "", (path || "#/plant") + (text ? "?" + text : ""));
}

function sheet(name) {
  if (!sheets.has(name)) {
    sheets.set(name, new Promise((resolve) => {
      // A sheet that did not come is asked for again the next time.
      const link = h("link", {
        rel: "stylesheet", href: `/assets/css/${name}.css`, onload: resolve,
        onerror: () => { sheets.delete(name); link.remove(); resolve(); },
      });
      document.head.append(link);
    }));
  }
  return sheets.get(name);
}

/** Mounts the page of the current hash into <main>. */
export async function navigate({ focus = true } = {}) {
  const here = route();
  const root = document.getElementById("main");
  const mine = ++visit;
  leave?.();
  leave = null;
  failed = false;
  const controller = new AbortController();
  let unmount = null;
  leave = () => { controller.abort(); unmount?.(); };
  listener(here);
  const waiting = setTimeout(() => { if (mine === visit) replace(root, h("div", { class: "page" }, loading("lines", 4))); }, 250);
  try {
    const [module] = await Promise.all([import(`./pages/${here.page}.js`), words(here.words), ...here.css.map(sheet)]);
    clearTimeout(waiting);
    if (mine !== visit) return;
    replace(root);
    scrollTo(0, 0);
    const done = await module.default(root, { params: here.params, query: here.query, t, signal: controller.signal });
    if (mine !== visit) { done?.(); return; }
    unmount = typeof done === "function" ? done : null;
    const heading = root.querySelector("h1");
    if (heading) {
      if (focus) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
    }
  } catch (failure) {
    clearTimeout(waiting);
    if (failure.name === "AbortError" || mine !== visit) return;
    failed = true;
    // A module that cannot be fetched is a box that cannot be reached; anything else is a mistake of ours.
    const away = failure instanceof TypeError && /import|module/i.test(failure.message);
    if (!away) console.error(failure);
    replace(root, h("div", { class: "page" }, errorState(away ? new ApiError(0, "unreachable", "") : failure, () => navigate())));
  }
}

/** Tries again what could not be shown, once the box answers again. */
export function recover() { if (failed) navigate({ focus: false }); }

addEventListener("hashchange", () => { if (document.getElementById("main")) navigate(); });
