// How the box itself is: what is wrong in words first, then the figures, then the model and its card.
import { get } from "../api.js";
import { every, h, keyed, replace, setAttribute, setStyle, setText } from "../dom.js";
import { bytes, dateTime, duration, milliseconds, number, setServerTime } from "../format.js";
import { name } from "../i18n.js";
import { stateIcon } from "../icons.js";
import { live } from "../live.js";
import { errorState, loading } from "../ui/empty.js";
import { inline, markdown } from "../ui/markdown.js";
import { STATES, stateRank, stateTag, updateStateTag } from "../ui/state.js";

const BROKER = { connected: "normal", connecting: "advisory", disconnected: "critical", refused: "critical", stopped: "offline" };

export default async function mount(root, { t, signal }) {
  const page = h("div", { class: "page system-page" }, h("header", { class: "page-head" }, h("h1", null, t("title.system"))), loading("cards", 4));
  root.append(page);
  let system = null, drawn = false, cardShown = null;

  const problems = h("ul", { class: "problems" });
  const well = h("div", { class: "notice all-well", dataset: { state: "normal" } }, stateIcon("normal"), h("strong", null, t("system.well")));
  const about = h("span", { class: "quiet num" });
  const brokerTag = stateTag("unknown", "");
  const brokerFacts = facts(["url", "since", "detail"], "system.broker.");
  const outboxFacts = facts(["pending", "oldest", "error"], "system.outbox.");
  const machinesTotal = figure("system.machines.online");
  const grades = h("div", { class: "grade-bar", role: "img" });
  const gradeList = h("ul", { class: "grade-list" });
  const perSecond = figure("system.windows.perSecond"), queued = figure("system.windows.queued"), total = figure("system.windows.total");
  const latency = figure("system.latency"), inference = figure("system.inference"), dropped = figure("system.drops");
  const stretch = h("p", { class: "small quiet" });
  const store = facts(["path", "size", "free", "retain", "clips"], "system.store.");
  const disk = h("div", { class: "disk", role: "img" }, h("span"));
  const model = facts(["name", "signature", "instructions", "workers", "dimension"], "system.model.");
  const modelCard = h("div", { class: "model-card" });
  const process = facts(["version", "node", "started", "memory", "threads"], "system.process.");

  function facts(keys, prefix) {
    const values = {};
    const element = h("dl", { class: "facts" }, keys.map((key) => {
      values[key] = h("dd");
      return [h("dt", null, t(prefix + key)), values[key]];
    }));
    return { element, set(key, text) {
      const value = values[key];
      setText(value, text ?? "");
      value.hidden = value.previousElementSibling.hidden = text === null || text === undefined;
    } };
  }

  function figure(key) {
    const value = h("span", { class: "value" }, "–"), more = h("span", { class: "more num" }, "\u00a0");
    return { element: h("div", { class: "figure" }, h("span", { class: "name" }, t(key)), value, more), set(words, extra = "\u00a0") { setText(value, words); setText(more, extra); } };
  }

  function card(id, title, aside, ...body) {
    return h("section", { class: "card system-" + id, "aria-labelledby": "system-" + id }, h("header", { class: "card-head" }, h("h2", { id: "system-" + id }, title), aside), h("div", { class: "card-pad stack" }, body));
  }

  function draw() {
    drawn = true;
    const exportLink = (href, words) => h("li", null, h("a", { href, target: "_blank", rel: "noopener" }, words));
    replace(page,
      h("header", { class: "page-head" }, h("h1", null, t("title.system")), about),
      h("section", { class: "problem-section", "aria-label": t("system.problems") }, well, problems),
      h("div", { class: "system-grid" },
        card("flow", t("system.flow"), null, h("div", { class: "figures" }, perSecond.element, latency.element, inference.element, queued.element, dropped.element, total.element), stretch),
        card("machines", t("system.machines"), null, machinesTotal.element, grades, gradeList),
        card("broker", t("system.broker"), brokerTag, brokerFacts.element, h("h3", null, t("system.outbox")), outboxFacts.element),
        card("store", t("system.store"), null, disk, store.element),
        card("process", t("system.process"), null, process.element,
          h("ul", { class: "links small" }, exportLink("/api/openapi.json", t("system.link.api")), exportLink("/metrics", t("system.link.metrics")), exportLink("/readyz", t("system.link.ready")))),
        card("model", t("system.model"), null, model.element),
        modelCard));
  }

  function show() {
    if (!drawn) draw();
    setText(about, t("system.about", { site: system.site, node: system.node, version: system.version, uptime: duration(system.uptime_s) }));
    showProblems();
    const { broker, outbox, machines, windows, drops, store: kept } = system;
    updateStateTag(brokerTag, BROKER[broker.state] ?? "unknown", t("system.broker." + broker.state));
    brokerFacts.set("url", broker.url);
    brokerFacts.set("since", broker.since ? dateTime(broker.since) : null);
    brokerFacts.set("detail", broker.detail);
    outboxFacts.set("pending", outbox.pending ? t("system.outbox.waiting", { count: number(outbox.pending) }) : t("system.outbox.empty"));
    outboxFacts.set("oldest", outbox.oldest_age_s ? duration(outbox.oldest_age_s) : null);
    outboxFacts.set("error", outbox.last_error);

    machinesTotal.set(`${number(machines.online)} / ${number(machines.total)}`);
    const present = STATES.filter((state) => machines.by_grade[state]);
    keyed(grades, present, (state) => state, (state) => h("span", { dataset: { state } }), (bar, state) => setStyle(bar, { "flex-grow": machines.by_grade[state] }));
    setAttribute(grades, "aria-label", present.map((state) => `${t("state." + state)}: ${machines.by_grade[state]}`).join(", "));
    keyed(gradeList, present, (state) => state, (state) => h("li", { dataset: { state } }, stateIcon(state), h("a", { href: "#/plant?state=" + state }, t("state." + state)), h("b", { class: "num" })),
      (item, state) => setText(item.lastElementChild, number(machines.by_grade[state])));

    perSecond.set(number(windows.per_second, windows.per_second < 10 ? 1 : 0));
    queued.set(number(windows.queued));
    total.set(number(windows.total));
    latency.set(milliseconds(windows.latency_ms?.p50), windows.latency_ms ? t("system.p95p99", { p95: milliseconds(windows.latency_ms.p95), p99: milliseconds(windows.latency_ms.p99) }) : undefined);
    inference.set(milliseconds(windows.inference_ms?.p50), windows.inference_ms ? t("system.p99", { p99: milliseconds(windows.inference_ms.p99) }) : undefined);
    dropped.set(number(drops.chunks + drops.windows), t("system.drops.value", { chunks: number(drops.chunks), windows: number(drops.windows) }));
    setText(stretch, windows.hop_stretch > 1 ? t("system.stretch", { factor: number(windows.hop_stretch, 1) }) : "");
    stretch.hidden = !(windows.hop_stretch > 1);

    store.set("path", kept.path);
    store.set("size", bytes(kept.bytes));
    store.set("free", bytes(kept.free_bytes));
    store.set("retain", kept.retain_s ? duration(kept.retain_s) : t("system.store.forever"));
    store.set("clips", kept.clips ? t("system.store.clips.value", { count: number(kept.clips.count), size: bytes(kept.clips.bytes) }) : t("system.store.noClips"));
    const used = kept.bytes + (kept.clips?.bytes ?? 0);
    setStyle(disk.firstElementChild, { width: Math.max(1, (100 * used) / (used + (kept.free_bytes || 1))).toFixed(1) + "%" });
    setAttribute(disk, "aria-label", t("system.store.used", { used: bytes(used), free: bytes(kept.free_bytes) }));

    model.set("name", system.model.name);
    model.set("signature", system.model.signature);
    model.set("instructions", system.model.instruction_set);
    model.set("workers", number(system.model.workers));
    model.set("dimension", number(system.model.embedding_dimension));
    if (cardShown !== system.model.card) {
      cardShown = system.model.card;
      replace(modelCard, cardShown && h("section", { class: "card", "aria-labelledby": "card-title" }, h("header", { class: "card-head" }, h("h2", { id: "card-title" }, t("system.card"))), h("div", { class: "card-pad", lang: "en" }, markdown(cardShown))));
    }
    process.set("version", system.version);
    process.set("node", system.node);
    process.set("started", dateTime(system.started));
    process.set("memory", bytes(system.process.rss_bytes));
    process.set("threads", number(system.process.threads));
  }

  function showProblems() {
    const list = [...system.problems].sort((a, b) => stateRank(a.severity) - stateRank(b.severity));
    well.hidden = list.length > 0;
    keyed(problems, list, (problem) => problem.id + (problem.machine ?? ""), (problem) => {
      const item = h("li", { class: "notice", dataset: { state: problem.severity } }, stateIcon(problem.severity),
        h("div", null, h("strong"), h("p", { class: "remedy" }), problem.machine && h("a", { class: "small", href: "#/machine/" + encodeURIComponent(problem.machine) }, t("system.open"))));
      return item;
    }, (item, problem) => {
      if (item.dataset.state !== problem.severity) { item.dataset.state = problem.severity; item.firstElementChild.replaceWith(stateIcon(problem.severity)); }
      setText(item.querySelector("strong"), name(problem.text));
      const remedy = name(problem.remedy);
      if (item.remedy !== remedy) { item.remedy = remedy; replace(item.querySelector(".remedy"), inline(remedy)); }
    });
    problems.hidden = list.length === 0;
  }

  async function load() {
    try {
      system = await get("system", { signal });
      if (system.time) setServerTime(system.time);
      show();
    } catch (failure) {
      if (failure.name !== "AbortError" && !drawn) replace(page, h("h1", { class: "sr-only" }, t("title.system")), errorState(failure, load));
    }
  }

  live.on("system", (data) => { if (system) { system = { ...system, ...data }; show(); } }, { signal });
  live.on("resync", load, { signal });
  every(5000, load, signal);
  await load();
}
