// The shell: session, navigation, connection, language and theme; pages come and go in <main>.
import { get, onUnauthorized } from "./api.js";
import { h, replace, setAttribute, setText } from "./dom.js";
import { setServerTime } from "./format.js";
import { language, onLanguage, setLanguage, t, words } from "./i18n.js";
import { icon } from "./icons.js";
import { live } from "./live.js";
import { go, navigate, onRoute, recover, route } from "./router.js";
import { loadSession, logOut, mustLogIn, onSession, session } from "./session.js";
import { setTheme, themeChoice } from "./theme.js";
import { setPageTitle, setAlarmCount } from "./title.js";
import { toast } from "./toast.js";
import { errorState, errorText } from "./ui/empty.js";

const PAGES = ["plant", "alarms", "desk", "microphone", "review", "what-if", "system"];
const THEMES = { auto: "auto", light: "sun", dark: "moon" };
const counts = { alarms: 0, review: 0 };
let parts = null;
let site = "";

function shell() {
  const links = {}, badges = {};
  const nav = h("ul", { class: "nav" }, PAGES.map((page) => {
    const badge = page === "alarms" || page === "review"
      ? h("span", { class: "badge", dataset: { kind: page === "alarms" ? "alarm" : "review" }, hidden: true }) : null;
    if (badge) badges[page] = badge;
    links[page] = h("a", { href: "#/" + page, title: t("nav." + page) }, icon(page === "alarms" ? "alarm" : page),
      h("span", { class: "nav-text" }, t("nav." + page)), badge);
    return h("li", null, links[page]);
  }));
  const pillText = h("span", { class: "pill-text" });
  const pill = h("span", { class: "pill", role: "status", dataset: { state: live.state } }, h("span", { class: "dot" }), pillText);
  const lang = h("button", { class: "button ghost compact", lang: language() === "zh" ? "en" : "zh-CN", onclick: () => setLanguage(language() === "zh" ? "en" : "zh") },
    icon("language", "small"), h("span", null, language() === "zh" ? "English" : "中文"));
  const themeButton = h("button", { class: "button ghost compact icon-only", onclick: nextTheme });
  const siteName = h("small", null, site);
  const user = h("div", { class: "rail-user", hidden: true });
  const main = h("main", { id: "main", tabindex: "-1" });
  const news = h("div", { class: "sr-only", role: "status", "aria-live": "polite" });
  parts = { links, badges, pill, pillText, themeButton, siteName, user, main, news };
  replace(document.getElementById("app"),
    h("button", { class: "skip", onclick: () => main.focus() }, t("shell.skip")),
    h("div", { class: "shell" },
      h("header", { class: "rail" },
        h("a", { class: "brand", href: "#/plant", "aria-label": "Ausculta" },
          h("img", { src: "/assets/img/mark.svg", alt: "", width: "30", height: "30" }), h("span", null, "Ausculta", siteName)),
        h("nav", { "aria-label": t("shell.nav") }, nav),
        h("div", { class: "rail-foot" }, user, pill, h("div", { class: "rail-tools" }, lang, themeButton))),
      main),
    news);
  showTheme();
  showLive(live.state);
  showCounts();
  showUser();
}

function nextTheme() {
  const order = ["auto", "light", "dark"];
  setTheme(order[(order.indexOf(themeChoice()) + 1) % order.length]);
  showTheme();
}

function showTheme() {
  const choice = themeChoice();
  const words = t("shell.theme", { theme: t("theme." + choice) });
  replace(parts.themeButton, icon(THEMES[choice], "small"));
  parts.themeButton.title = words;
  parts.themeButton.setAttribute("aria-label", words);
}

function showLive(state) {
  document.documentElement.dataset.live = state;
  parts.pill.dataset.state = state;
  parts.pill.title = t("live." + state + ".text");
  setText(parts.pillText, t("live." + state));
}

function showCounts() {
  for (const page of ["alarms", "review"]) {
    const badge = parts.badges[page];
    badge.hidden = counts[page] === 0;
    setText(badge, counts[page] > 99 ? "99+" : counts[page]);
    setAttribute(badge, "aria-label", t("nav." + page + ".count", { count: counts[page] }));
  }
  setAlarmCount(counts.alarms);
}

function showUser() {
  const { user, access } = session();
  parts.user.hidden = !user || access === "open";
  if (!user) return;
  replace(parts.user, icon("user", "small"), h("span", { class: "clip" }, user.name),
    access === "users" && h("button", {
      class: "button ghost compact icon-only push", title: t("shell.logout"), "aria-label": t("shell.logout"),
      onclick: async () => {
        try { await logOut(); } catch (failure) { toast(errorText(failure), { kind: "error" }); return; }
        live.stop();
        go("/login");
      },
    }, icon("logout", "small")));
}

async function refreshCounts() {
  const [alarms, review] = await Promise.allSettled([get("alarms?state=active&limit=1"), get("review?state=open&limit=1")]);
  if (alarms.status === "fulfilled") counts.alarms = alarms.value.active ?? 0;
  if (review.status === "fulfilled") counts.review = review.value.open ?? 0;
  showCounts();
}

async function begin() {
  live.start();
  refreshCounts();
  try {
    const system = await get("system");
    site = system.site ?? "";
    setText(parts.siteName, site);
    if (system.time) setServerTime(system.time);
  } catch { /* the page itself will say what is wrong */ }
}

onRoute((here) => {
  for (const [page, link] of Object.entries(parts.links)) {
    setAttribute(link, "aria-current", page === here.nav ? "page" : null);
  }
  parts.main.closest(".shell").toggleAttribute("data-bare", here.name === "login");
  document.documentElement.toggleAttribute("data-wall", here.query.has("wall"));
  setPageTitle(t("title." + here.page));
});

onUnauthorized(() => {
  if (route().name === "login") return;
  live.stop();
  go("/login?to=" + encodeURIComponent(location.hash.slice(1)), { replace: true });
});

onLanguage(() => { shell(); navigate({ focus: false }); });
onSession(() => {
  if (!parts) return;
  showUser();
  if (!mustLogIn() && !live.running) begin();
});
live.onState((state) => showLive(state));
live.on("alarm", (alarm) => {
  refreshCounts();
  if (alarm.active && alarm.state === "unack_active") setText(parts.news, t("news.alarm", { machine: pick(alarm.machine_name) || alarm.machine, label: pick(alarm.name) || alarm.label }));
});
live.on("review", (data) => { counts.review = data.open; showCounts(); });
// The count in the title of a tab behind others goes on.
setInterval(() => { if (live.resting && live.running) refreshCounts(); }, 30_000);
live.on("resync", () => { refreshCounts(); recover(); });

function pick(names) { return names ? names[language()] || names.en : ""; }

async function boot() {
  await words(["shell"]).catch(() => {});
  shell();
  try {
    await loadSession();
  } catch (failure) {
    replace(parts.main, h("div", { class: "page" }, errorState(failure, boot)));
    return;
  }
  if (mustLogIn() && route().name !== "login") {
    history.replaceState(null, "", "#/login?to=" + encodeURIComponent(location.hash.slice(1) || "/plant"));
  }
  await navigate({ focus: false });
}

boot();
