// Every machine, worst first, live: large cards for what needs somebody.
import { get } from "../api.js";
import { debounce, every, h, keyed, replace, setAttribute, setStyle, setText } from "../dom.js";
import { ago, clock, dbfs, fullTime, hourMinute, percent, setServerTime } from "../format.js";
import { locale, name } from "../i18n.js";
import { icon, stateIcon } from "../icons.js";
import { live } from "../live.js";
import { navigate, setQuery } from "../router.js";
import { empty, errorState, loading } from "../ui/empty.js";
import { awaitsAcknowledgement } from "../ui/acknowledge.js";
import { createSparkline } from "../ui/sparkline.js";
import { STATES, stateRank, troubleText } from "../ui/state.js";
import { createRing } from "../ui/ring.js";

/** Above this many machines those that run well become tiles. */
const TILES_FROM = 48;

export default async function mount(root, { query, t, signal }) {
  const machines = new Map();
  const wall = query.has("wall");
  const collator = new Intl.Collator(locale(), { numeric: true });
  let chosen = STATES.includes(query.get("state")) ? query.get("state") : null;
  let words = query.get("q") ?? "";
  let fitted = "", complete = false;

  const headline = h("p", { class: "plant-headline" }, h("span", { class: "plant-mark" }), h("span"));
  const chips = h("div", { class: "plant-chips", role: "group", "aria-label": t("plant.filter") });
  const search = h("input", { class: "input", type: "search", value: words, placeholder: t("plant.search"), "aria-label": t("plant.search") });
  const attention = section("attention"), well = section("well");
  const rest = h("div");
  const time = h("span", { class: "plant-clock num", hidden: !wall });
  const wallButton = h("button", { class: "button ghost", onclick: toggleWall, title: t(wall ? "plant.wall.leave" : "plant.wall.text") },
    icon(wall ? "shrink" : "expand"), h("span", { class: "plant-wall-text" }, t(wall ? "plant.wall.leave" : "plant.wall")));
  root.append(h("div", { class: "page plant" },
    h("header", { class: "page-head" }, h("h1", { class: "sr-only" }, t("plant.title")),
      headline, h("div", { class: "plant-tools" }, time, h("div", { class: "search", hidden: wall }, icon("search", "small"), search), wallButton)),
    chips, attention.element, well.element, rest));
  replace(rest, loading("cards", 8));

  function toggleWall() {
    setQuery({ wall: wall ? null : "1" });
    if (wall) { if (document.fullscreenElement) document.exitFullscreen(); } else document.documentElement.requestFullscreen?.().catch(() => {});
    navigate();
  }

  function visible() {
    const wanted = words.trim().toLocaleLowerCase();
    return [...machines.values()].filter((machine) =>
      (!chosen || machine.state === chosen)
      && (!wanted || machine.id.toLocaleLowerCase().includes(wanted) || machine.profile.toLocaleLowerCase().includes(wanted)
        || Object.values(machine.name ?? {}).some((text) => text.toLocaleLowerCase().includes(wanted))
        || name(machine.top_name).toLocaleLowerCase().includes(wanted)))
      .sort((a, b) => stateRank(a.state) - stateRank(b.state) || waiting(b) - waiting(a) || collator.compare(name(a.name), name(b.name)));
  }

  function showSummary() {
    const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
    for (const machine of machines.values()) counts[machine.state] = (counts[machine.state] ?? 0) + 1;
    const worst = STATES.find((state) => counts[state] > 0) ?? "normal";
    const key = counts[worst] === machines.size && worst === "normal" ? "plant.all" : "plant.head." + worst;
    if (headline.dataset.state !== worst) {
      headline.dataset.state = worst;
      replace(headline.firstElementChild, stateIcon(worst));
    }
    setText(headline.lastElementChild, machines.size ? t(key, { count: counts[worst] }) : "");
    keyed(chips, machines.size ? STATES.filter((state) => counts[state] > 0 || state === chosen) : [], (state) => state, (state) =>
      h("button", { class: "plant-chip", dataset: { state }, onclick: () => choose(state) },
        stateIcon(state), h("b", { class: "num" }), h("span", null, t("state." + state))),
    (chip, state) => {
      setText(chip.children[1], counts[state]);
      setAttribute(chip, "aria-pressed", chosen === state ? "true" : "false");
    });
  }

  function choose(state) {
    chosen = chosen === state ? null : state;
    setQuery({ state: chosen });
    show();
  }

  function show() {
    showSummary();
    const shown = visible();
    attention.show(shown.filter((machine) => machine.state !== "normal"), false);
    const running = shown.filter((machine) => machine.state === "normal");
    well.show(running, running.length > TILES_FROM);
    if (machines.size === 0) replace(rest, empty({ icon: "plant", title: t("plant.none"), text: t("plant.none.text") }));
    else if (shown.length === 0) {
      replace(rest, empty({ icon: "search", title: t("plant.noMatch"), action: { label: t("plant.clear"), run: () => { words = search.value = ""; chosen = null; setQuery({ q: null, state: null }); show(); } } }));
    } else if (rest.firstChild) replace(rest);
    const now = `${attention.list.children.length} ${well.list.children.length}`;
    // A longer label may take a second line.
    if (wall && (now !== fitted || document.documentElement.scrollHeight > innerHeight + 1)) { fitted = now; fit(); }
  }

  function section(kind) {
    const count = h("span", { class: "faint num" });
    const list = h("div", { class: "plant-grid" });
    const element = h("section", { class: "plant-section", "aria-labelledby": "plant-" + kind, hidden: true },
      h("h2", { class: "plant-heading", id: "plant-" + kind }, t("plant." + kind), " ", count), list);
    return {
      element, list,
      show(items, tiles) {
        element.hidden = items.length === 0;
        setText(count, items.length);
        setAttribute(list, "data-tiles", tiles ? "" : null);
        keyed(list, items, (machine) => machine.id, (machine) => makeCard(machine, t), (card, machine) => updateCard(card, machine, tiles, t));
      },
    };
  }

  /** On the wall everything is as large as just fits the screen; too many machines scroll at a readable size. */
  function fit() {
    const size = document.documentElement.style;
    const smallest = 15;
    let pixels = machines.size > 120 ? smallest : 44;
    for (; pixels > smallest; pixels -= 1) {
      size.fontSize = pixels + "px";
      if (document.documentElement.scrollHeight <= innerHeight) break;
    }
    size.fontSize = pixels + "px";
  }

  async function load() {
    try {
      const answer = await get("machines", { signal });
      setServerTime(answer.time);
      const present = new Set(answer.machines.map((machine) => machine.id));
      for (const id of machines.keys()) if (!present.has(id)) machines.delete(id);
      for (const machine of answer.machines) machines.set(machine.id, machine);
      complete = true;
      show();
    } catch (failure) {
      if (failure.name === "AbortError") return;
      if (machines.size === 0) replace(rest, errorState(failure, () => { replace(rest, loading("cards", 8)); load(); }));
    }
  }

  function tick() {
    if (wall) setText(time, clock(Date.now()));
    for (const { list } of [attention, well]) for (const card of list.children) card.tick();
  }

  live.on("machines", (data) => {
    // Before the whole plant is known, a few changed machines would only be drawn to be moved.
    if (!complete) return;
    setServerTime(data.time);
    for (const machine of data.machines) machines.set(machine.id, { ...machines.get(machine.id), ...machine });
    show();
  }, { signal });
  live.on("resync", load, { signal });
  every(60_000, load, signal);
  every(1000, tick, signal);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); }, { signal });
  search.addEventListener("input", debounce(() => { words = search.value; setQuery({ q: words }); show(); }, 120, signal));
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && wall) toggleWall();
  }, { signal });
  if (wall) {
    document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) toggleWall(); }, { signal });
    addEventListener("resize", fit, { signal });
    signal.addEventListener("abort", () => document.documentElement.style.removeProperty("font-size"));
    setText(time, clock(Date.now()));
  }
  await load();
}

/** How many of its alarms nobody has acknowledged. */
function waiting(machine) { return (machine.active_alarms ?? []).filter(awaitsAcknowledgement).length; }

function makeCard(machine, t) {
  const parts = {
    mark: h("span", { class: "machine-mark" }),
    link: h("a", { class: "cover", href: "#/machine/" + encodeURIComponent(machine.id) }),
    state: h("span", { class: "machine-state" }),
    fresh: h("span", { class: "machine-new", hidden: true }, t("plant.unacknowledged")),
    top: h("span", { class: "machine-top" }),
    confidence: h("span", { class: "machine-confidence num" }),
    since: h("span"),
    ring: createRing({ label: t("plant.health") }),
    spark: createSparkline({ label: t("plant.spark") }),
    level: h("span", { class: "num" }),
    meter: h("span", { class: "meter", "aria-hidden": "true" }, h("span")),
    heard: h("span", { class: "machine-heard num" }),
  };
  const card = h("article", { class: "machine card" },
    h("header", { class: "machine-head" }, parts.mark, h("h3", { class: "clip" }, parts.link), parts.state),
    h("div", { class: "machine-body" },
      h("div", { class: "machine-label" }, h("p", { class: "machine-said" }, parts.top, parts.confidence), h("p", { class: "machine-since" }, parts.fresh, parts.since)),
      parts.ring.element,
      h("div", { class: "machine-spark" }, parts.spark.element),
      h("p", { class: "machine-foot" }, parts.meter, parts.level, parts.heard)));
  card.parts = parts;
  return card;
}

function updateCard(card, machine, tile, t) {
  const { parts } = card;
  if (card.shown === machine && card.tile === tile) return;
  card.shown = machine;
  card.tile = tile;
  setAttribute(card, "data-tile", tile ? "" : null);
  if (card.dataset.state !== machine.state) {
    card.dataset.state = machine.state;
    replace(parts.mark, stateIcon(machine.state));
    setText(parts.state, t("state." + machine.state));
  }
  const title = name(machine.name) || machine.id;
  setText(parts.link, title);
  setAttribute(parts.link, "title", title);
  const open = machine.active_alarms ?? [];
  const unseen = waiting(machine) > 0;
  parts.fresh.hidden = !open.some((alarm) => alarm.state === "unack_active");
  setAttribute(card, "data-waiting", unseen ? "" : null);

  const undetermined = machine.verdict === "undetermined" && machine.state !== "offline";
  const trouble = machine.state === "offline" ? null : troubleText(machine.verdict);
  setText(parts.top, machine.state === "offline" ? t("plant.silent") : trouble ?? (undetermined ? t("plant.undetermined") : name(machine.top_name) || t("plant.nothing")));
  setText(parts.confidence, machine.state === "offline" || trouble ? "" : percent(machine.top_confidence));
  const sounding = open.filter((alarm) => alarm.state !== "rtn_unack");
  const oldest = sounding.reduce((first, alarm) => (!first || alarm.since < first ? alarm.since : first), null);
  setText(parts.since, oldest ? t("plant.since", { time: hourMinute(oldest) }) + (open.length > 1 ? " · " + t("plant.alarms", { count: open.length }) : "")
    : unseen ? t("plant.returned", { label: name(open[0].name) })
      : undetermined ? t("plant.closest", { label: name(machine.top_name) }) : "");
  parts.ring.update(machine.health, machine.state);
  parts.spark.update(machine.sparkline?.values ?? []);
  const level = machine.stream?.online ? machine.stream.level_dbfs : null;
  setText(parts.level, level === null ? t("plant.noSignal") : dbfs(level));
  setStyle(parts.meter.firstElementChild, { "--level": level === null ? "0%" : Math.round(Math.max(0, Math.min(100, (level + 80) * 1.25))) + "%" });
  const heard = machine.stream?.last_chunk ?? machine.last_window?.end ?? null;
  card.tick = () => setText(parts.heard, heard ? t("plant.heard", { ago: ago(heard) }) : t("plant.never"));
  card.tick();
  parts.heard.title = heard ? fullTime(heard) : "";
}
