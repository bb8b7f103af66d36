// Review: what the model was unsure of, named by a person.
import { del, get, post, query } from "../api.js";
import { field, h, keyed, replace, setAttribute, setText } from "../dom.js";
import { ago, confidence, dateTime, fullTime, percent } from "../format.js";
import { name } from "../i18n.js";
import { icon } from "../icons.js";
import { live } from "../live.js";
import { setQuery } from "../router.js";
import { canOperate, session } from "../session.js";
import { recall, remember } from "../store.js";
import { toast } from "../toast.js";
import { createBars } from "../ui/bars.js";
import { empty, errorState, errorText, loading } from "../ui/empty.js";
import { decidedWords, outcomeNotice } from "../ui/outcome.js";
import { createPlayer } from "../ui/player.js";
import { labelName } from "../ui/state.js";

const PAGE = 50;

export default async function mount(root, { query: search, t, signal }) {
  let state = search.get("state") === "decided" ? "decided" : "open";
  let items = [], next = null, chosen = null, busy = false, visit = 0;

  const tabs = h("div", { class: "segments", role: "group", "aria-label": t("review.show") }, ["open", "decided"].map((each) =>
    h("button", { dataset: { tab: each }, onclick: () => choose(each) }, t("review.tab." + each), h("span", { class: "num tab-count" }))));
  const list = h("ul", { class: "review-list", "aria-label": t("review.list") });
  const more = h("button", { class: "button", hidden: true, onclick: () => load(true) }, t("shell.more"));
  const side = h("div", { class: "review-side" }, list, more);
  const detail = h("section", { class: "card review-detail", "aria-live": "polite" });
  const grid = h("div", { class: "review-grid" }, side, detail);
  const place = h("div");
  const outcome = h("div", { class: "review-outcome", role: "status", "aria-live": "polite" });
  root.append(h("div", { class: "page" },
    h("div", { class: "page-head" }, h("h1", null, t("review.title")), h("div", { class: "push" }, tabs), h("p", { class: "lead" }, t("review.lead"))),
    outcome, place));
  replace(place, loading("lines", 6));
  let player = null;
  await load();

  live.on("review", () => { if (state === "open" && !busy) load(); }, { signal });
  live.on("resync", () => load(), { signal });
  document.addEventListener("keydown", keys, { signal });
  return () => player?.dispose();

  function choose(tab) {
    if (tab === state) return;
    state = tab;
    setQuery({ state: state === "open" ? null : state });
    chosen = null;
    replace(outcome);
    load();
  }

  async function load(further = false) {
    const mine = ++visit;
    for (const button of tabs.children) setAttribute(button, "aria-pressed", String(button.dataset.tab === state));
    try {
      const answer = await get("review" + query({ state, limit: PAGE, cursor: further ? next : null }), { signal });
      if (mine !== visit) return;
      items = further ? [...items, ...answer.items] : answer.items;
      next = answer.next;
      setText(tabs.firstElementChild.querySelector(".tab-count"), answer.open > 0 ? answer.open : "");
      show();
    } catch (failure) {
      if (failure.name !== "AbortError" && mine === visit) replace(place, errorState(failure, () => load()));
    }
  }

  function show() {
    if (items.length === 0) {
      player?.dispose();
      player = null;
      chosen = null;
      replace(place, h("div", { class: "card" }, state === "open"
        ? empty({ icon: "check", kind: "good", title: t("review.none"), text: t("review.none.text") })
        : empty({ icon: "review", title: t("review.noneDecided"), text: t("review.noneDecided.text") })));
      return;
    }
    if (!grid.isConnected) replace(place, grid);
    more.hidden = !next;
    if (!items.some((item) => item.id === chosen)) chosen = null;
    keyed(list, items, (item) => item.id, makeRow, updateRow);
    if (chosen === null) pick(items[0].id);
  }

  function makeRow(item) {
    const parts = { machine: h("strong", { class: "clip" }), what: h("span", { class: "clip" }), when: h("span", { class: "small faint nowrap" }), reason: h("span", { class: "tag" }) };
    const button = h("button", { class: "review-row", onclick: () => pick(item.id) },
      h("span", { class: "row-line" }, parts.machine, parts.when), h("span", { class: "row-line" }, parts.what, parts.reason));
    const row = h("li", null, button);
    Object.assign(row, { parts, button });
    return row;
  }

  function updateRow(row, item) {
    setText(row.parts.machine, name(item.machine_name) || item.machine);
    setText(row.parts.when, ago(item.window.start));
    row.parts.when.title = fullTime(item.window.start);
    setText(row.parts.what, item.decision && !item.decision.undone ? decided(item) : `${labelName(item.labels, item.label)} · ${percent(item.confidence)}`);
    setText(row.parts.reason, t("review.reason." + item.reason));
    setAttribute(row.button, "aria-current", item.id === chosen ? "true" : null);
  }

  function decided(item) { return decidedWords(item.decision, item.labels); }

  function pick(id) {
    chosen = id;
    const item = items.find((each) => each.id === id);
    for (const row of list.children) row.button && setAttribute(row.button, "aria-current", null);
    keyed(list, items, (each) => each.id, makeRow, updateRow);
    if (item) showDetail(item);
  }

  function showDetail(item) {
    player?.dispose();
    player = null;
    const bars = createBars({ label: t("review.scores") });
    bars.update((item.labels ?? []).map((label) => ({ id: label.id, name: name(label.name), kind: label.kind, value: item.scores?.[label.id] ?? 0 })));
    if (item.clip) {
      const offset = (Date.parse(item.window.start) - Date.parse(item.clip.start)) / 1000;
      const length = (Date.parse(item.window.end) - Date.parse(item.window.start)) / 1000;
      player = createPlayer({
        src: item.clip.audio, duration: item.clip.duration_s, label: t("review.sound"), spectrogram: item.clip.spectrogram,
        start: item.clip.start, regions: [{ from: offset, to: offset + length, label: t("review.window") }], download: item.clip.audio, signal,
      });
    }
    const standing = item.decision && !item.decision.undone ? item.decision : null;
    replace(detail,
      h("div", { class: "card-head" },
        h("h2", null, h("a", { href: "#/machine/" + encodeURIComponent(item.machine) }, name(item.machine_name) || item.machine)),
        h("span", { class: "aside", title: fullTime(item.window.start) }, dateTime(item.window.start))),
      h("div", { class: "card-pad stack" },
        h("p", { class: "review-why" }, t("review.why." + item.reason, { label: labelName(item.labels, item.label), confidence: confidence(item.confidence) })),
        player ? player.element : empty({ icon: "broken", title: t("review.noClip"), text: t("review.noClip.text"), compact: true }),
        bars.element,
        standing ? standingDecision(item, standing) : canOperate() ? choices(item) : h("p", { class: "quiet" }, t("error.forbidden"))));
  }

  function choices(item) {
    const comment = h("input", { class: "input", id: "review-comment", maxlength: "500", placeholder: t("review.comment.hint") });
    const who = session().access === "open"
      ? h("input", { class: "input", id: "review-user", value: recall("user") ?? "", autocomplete: "name", maxlength: "100", placeholder: t("review.user.hint") }) : null;
    const send = (decision, label = null) => decide(item, decision, label, comment.value.trim(), who?.value.trim());
    const others = (item.labels ?? []).filter((label) => label.id !== item.label);
    return h("div", { class: "stack decide" },
      h("h3", null, t("review.question")),
      h("button", { class: "button primary choice", dataset: { key: "1" }, onclick: () => send("confirm") },
        h("kbd", null, "1"), icon("check", "small"), t("review.confirm", { label: labelName(item.labels, item.label) })),
      h("div", { class: "choice-grid", role: "group", "aria-label": t("review.other") }, others.map((label, index) =>
        h("button", { class: "button choice", dataset: { key: String(index + 2) }, onclick: () => send("label", label.id) },
          index < 8 && h("kbd", null, String(index + 2)), h("span", { class: "clip" }, name(label.name))))),
      h("div", { class: "row" },
        h("button", { class: "button compact", dataset: { key: "x" }, onclick: () => send("reject") }, h("kbd", null, "X"), t("review.reject", { label: labelName(item.labels, item.label) })),
        h("button", { class: "button ghost compact", dataset: { key: "u" }, onclick: () => send("unusable") }, h("kbd", null, "U"), t("review.unusable"))),
      h("div", { class: "review-notes" },
        field(t("review.comment"), comment),
        who && field(t("review.user"), who)),
      h("p", { class: "small faint" }, t("review.keys")));
  }

  function standingDecision(item, decision) {
    return h("div", { class: "stack standing" },
      h("p", null, h("strong", null, decided(item)), " ", h("span", { class: "quiet" }, t("review.by", { user: decision.user || "–", time: dateTime(decision.time) }))),
      decision.comment && h("p", { class: "quiet" }, "“" + decision.comment + "”"),
      canOperate() && h("div", null, h("button", { class: "button", onclick: () => undo(item, decision.id) }, icon("undo", "small"), t("review.undo"))));
  }

  /** What a decision, or taking one back, changed; it stays until the next one. */
  function showOutcome(item, title, teaching, undoable = null) {
    replace(outcome, outcomeNotice({ title, teaching, labels: item.labels, undo: undoable && (() => undo(item, undoable)), close: () => replace(outcome) }));
  }

  async function decide(item, decision, label, comment, user) {
    if (busy) return;
    busy = true;
    if (user) remember("user", user);
    try {
      const answer = await post(`review/${encodeURIComponent(item.id)}/decision`, { decision, label: label ?? undefined, comment: comment || undefined, user: user || undefined });
      const at = items.indexOf(item);
      items = items.filter((each) => each !== item);
      chosen = items[Math.min(at, items.length - 1)]?.id ?? null;
      setText(tabs.firstElementChild.querySelector(".tab-count"), answer.open > 0 ? answer.open : "");
      showOutcome(item, t("review.kept", { decision: decidedWords(answer.decision, item.labels) }), answer.teaching, answer.decision.id);
      const following = chosen;
      chosen = null;
      show();
      if (following) pick(following);
    } catch (failure) {
      toast(errorText(failure), { kind: "error" });
    } finally { busy = false; }
  }

  async function undo(item, id) {
    try {
      const answer = await del("review/decisions/" + encodeURIComponent(id));
      showOutcome(item, t("review.undone"), answer.teaching);
      chosen = state === "open" ? item.id : null;
      await load();
      if (items.some((each) => each.id === item.id)) pick(item.id);
    } catch (failure) { toast(errorText(failure), { kind: "error" }); }
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog")) return;
    const key = event.key.toLowerCase();
    const button = detail.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (button) { event.preventDefault(); button.click(); return; }
    const at = items.findIndex((item) => item.id === chosen);
    if (key === "j" || key === "k") {
      const to = items[at + (key === "j" ? 1 : -1)];
      if (to) { event.preventDefault(); pick(to.id); }
    }
    if (key === "p" && player) { event.preventDefault(); if (player.audio.paused) player.play(); else player.pause(); }
  }
}
