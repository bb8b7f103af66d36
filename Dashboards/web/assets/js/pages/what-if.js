// What if: another rule or other labels, tried on what was heard. Nothing is changed.
import { get, post } from "../api.js";
import { every, field, h, replace, setAttribute, setText } from "../dom.js";
import { duration, ms, now } from "../format.js";
import { name } from "../i18n.js";
import { icon } from "../icons.js";
import { setQuery } from "../router.js";
import { empty, errorState, loading } from "../ui/empty.js";
import { createChange, yaml } from "../what-if/change.js";
import { showAnswer } from "../what-if/answer.js";

const HOUR = 3_600_000;
const SPANS = { "1h": HOUR, "6h": 6 * HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR, "30d": 720 * HOUR };
/** The service gives up after so many seconds. */
const LIMIT_S = 120;
/** One replay at a time: another one is waited for, ms. */
const AGAIN_MS = 2_000;
/** Form and answer stand side by side. */
const WIDE = matchMedia("(min-width: 1001px)");

export default async function mount(root, { query, t, signal }) {
  let machine = null, running = null, visit = 0;
  const machines = h("select", { class: "select", id: "try-machine", onchange: () => choose(machines.value) });
  const span = h("select", { class: "select", id: "try-span", onchange: () => showSpan() }, [...Object.keys(SPANS), "own"].map((key) => h("option", { value: key }, t("what-if.span." + key))));
  span.value = Object.hasOwn(SPANS, query.get("range")) ? query.get("range") : "24h";
  const from = h("input", { class: "input", type: "datetime-local", id: "try-from", step: "1" }), to = h("input", { class: "input", type: "datetime-local", id: "try-to", step: "1" });
  const own = h("div", { class: "try-two", hidden: true }, field(t("what-if.from"), from), field(t("what-if.to"), to));
  const change = createChange({ onChange: () => old() });
  const go = h("button", { class: "button primary go", type: "submit" }, icon("play", "small"), t("what-if.run"));
  const form = h("form", { class: "card card-pad stack", onsubmit: (event) => { event.preventDefault(); run(); }, "aria-label": t("what-if.form") },
    field(t("what-if.machine"), machines), field(t("what-if.span"), span), own, change.element,
    h("div", { class: "row" }, go, h("button", { class: "button ghost", onclick: () => change.reset() }, icon("reset", "small"), t("what-if.reset"))));
  const answer = h("div", { class: "stack found" });
  const said = h("div", { class: "sr-only", role: "status" });
  const place = h("div", null, loading("block"));
  root.append(h("div", { class: "page what-if" }, h("header", { class: "page-head" }, h("h1", null, t("title.what-if")), h("p", { class: "lead" }, t("what-if.lead"))), said, place));
  signal.addEventListener("abort", () => running?.abort());
  await load();

  async function load() {
    try {
      const all = (await get("machines", { signal })).machines;
      if (!all.length) { replace(place, h("div", { class: "card" }, empty({ icon: "plant", title: t("what-if.noMachine") }))); return; }
      replace(machines, all.sort((a, b) => a.id.localeCompare(b.id)).map((each) => h("option", { value: each.id }, name(each.name) || each.id)));
      const wanted = query.get("machine");
      await choose(all.some((each) => each.id === wanted) ? wanted : all[0].id);
    } catch (failure) {
      if (failure.name !== "AbortError") replace(place, errorState(failure, load));
    }
  }

  async function choose(id) {
    const mine = ++visit;
    running?.abort();
    machines.value = id;
    setQuery({ machine: id });
    go.disabled = true;
    try {
      const next = await get("machines/" + encodeURIComponent(id), { signal });
      if (mine !== visit) return;
      machine = next;
    } catch (failure) {
      if (failure.name !== "AbortError" && mine === visit) replace(place, errorState(failure, load));
      return;
    }
    change.show(machine);
    go.disabled = false;
    replace(answer, h("div", { class: "card" }, empty({ icon: "what-if", title: t("what-if.before.title"), text: t("what-if.before.text") })));
    if (!form.isConnected) replace(place, h("div", { class: "try-grid" }, form, answer));
  }

  function showSpan() {
    const mine = span.value === "own";
    own.hidden = !mine;
    from.required = to.required = mine;
    if (mine && !from.value) { to.value = local(now()); from.value = local(now() - 24 * HOUR); }
    if (!mine) setQuery({ range: span.value });
    old();
  }

  /** As a field for date and time writes it, in the browser's zone. */
  function local(time) { return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19); }

  /** What stands beside the form is the answer to something else now. */
  function old() { setAttribute(answer, "data-old", answer.querySelector("#h-found") ? t("what-if.old") : null); }

  async function run() {
    running?.abort();
    const mine = running = new AbortController(), ends = AbortSignal.any([mine.signal, signal]);
    const asked = change.read(), of = machine, begun = now();
    const until = span.value === "own" ? ms(to.value) : begun, since = span.value === "own" ? ms(from.value) : begun - SPANS[span.value];
    const body = { machine: of.id, since: new Date(since).toISOString(), until: new Date(until).toISOString(), rule: asked.rule ?? undefined, labels: asked.labels ?? undefined };
    const state = h("p", { class: "found-headline" }, t("what-if.running")), passed = h("p", { class: "small quiet num" }, "\u00a0");
    const bar = h("progress", { max: LIMIT_S, "aria-label": t("what-if.running") });
    const stop = h("button", { class: "button", onclick: () => { mine.abort(); replace(answer, h("div", { class: "card" }, empty({ icon: "stop", title: t("what-if.cancelled"), compact: true }))); go.focus(); } }, icon("close", "small"), t("shell.cancel"));
    setAttribute(answer, "data-old", null);
    replace(answer, h("div", { class: "card card-pad stack" }, state, bar, passed, h("div", null, stop)));
    setText(said, t("what-if.running"));
    go.disabled = true;
    if (!WIDE.matches) answer.scrollIntoView({ block: "center" });
    let started = now();
    every(1000, () => setText(passed, t("what-if.passed", { span: duration((now() - started) / 1000), limit: duration(LIMIT_S) })), ends);
    try {
      for (;;) {
        try {
          show(await post("replay", body, { signal: ends }), asked, of);
          break;
        } catch (failure) {
          if (failure.code !== "busy") throw failure;
          setText(state, t("what-if.waiting"));
          await new Promise((done) => { const timer = setTimeout(done, AGAIN_MS); ends.addEventListener("abort", () => { clearTimeout(timer); done(); }); });
          ends.throwIfAborted();
          started = now();
        }
      }
    } catch (failure) {
      if (failure.name === "AbortError") return;
      replace(answer, h("div", { class: "card" }, errorState(failure, () => run(), { compact: true })));
      setText(said, answer.innerText);
    } finally {
      mine.abort();
      if (running === mine) { running = null; go.disabled = false; }
    }
  }

  function show(found, asked, of) {
    replace(answer, showAnswer(found, { machine: of, labels: [...of.labels, ...asked.labels ?? []], change: asked, text: yaml(asked, of) }));
    setText(said, answer.querySelector(".found-headline")?.innerText ?? t("what-if.nothing"));
    answer.querySelector("#h-found")?.focus({ preventScroll: WIDE.matches });
  }
}
