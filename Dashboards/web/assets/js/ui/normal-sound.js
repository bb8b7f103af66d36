// A machine's normal sound: enrolling, confirming, taking back.
import { get, post } from "../api.js";
import { every, field, h, replace, setText } from "../dom.js";
import { dateTime, duration, fullTime, now, number } from "../format.js";
import { name, t } from "../i18n.js";
import { icon, stateIcon } from "../icons.js";
import { openDialog } from "../dialog.js";
import { canOperate, session } from "../session.js";
import { recall, remember } from "../store.js";
import { toast } from "../toast.js";
import { errorText, loading } from "./empty.js";
import { stateTag, updateStateTag } from "./state.js";

/** Stretches offered, in minutes; the second is chosen at first. */
const STRETCHES = [15, 30, 60, 120, 480];

/** `createNormalSound({path, signal, changed})`: `path` is the machine's, `changed` is called after every order. */
export function createNormalSound({ path, signal, changed = null }) {
  const tag = stateTag("unknown", "\u00a0");
  const body = h("div", { class: "card-pad stack normal-sound" }, loading("lines", 3));
  let shown = "", opened = false;

  async function load() {
    try {
      const answer = await get(path + "/enrolment", { signal });
      // What has not changed keeps its focus and its place.
      const text = JSON.stringify(answer);
      if (text !== shown) { shown = text; show(answer); }
    } catch (failure) {
      if (failure.name === "AbortError" || shown) return;
      updateStateTag(tag, "unknown", t("normal.unknown"));
      replace(body, h("p", { class: "quiet" }, errorText(failure)));
    }
  }

  function show({ versions, active_version: activeVersion, proposed_version: proposedVersion }) {
    const active = versions.find((each) => each.version === activeVersion) ?? null;
    const proposed = versions.find((each) => each.version === proposedVersion) ?? null;
    const inUse = active?.usable ? active : null;
    if (inUse) updateStateTag(tag, "normal", t("normal.enrolled"));
    else if (proposed) updateStateTag(tag, "advisory", t("normal.proposed"));
    else if (active) updateStateTag(tag, "warning", t("normal.otherModel"));
    else updateStateTag(tag, "unknown", t("normal.none"));

    const may = canOperate();
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.action ?? "" : null;
    replace(body,
      proposed && h("div", { class: "notice", dataset: { state: "advisory" } }, stateIcon("advisory"), h("div", { class: "stack" },
        h("p", null, t("normal.proposal", { version: proposed.version, from: dateTime(proposed.since), to: dateTime(proposed.until), windows: proposed.windows })),
        findings(proposed),
        may && h("div", { class: "row" },
          button("confirm", "check", t("normal.confirm", { version: proposed.version }), () => confirm(proposed), "primary"),
          button("turn-down", "close", t("normal.turnDown"), () => takeBack(proposed))))),
      inUse ? [h("p", null, t("normal.enrolled.text")), facts(inUse), findings(inUse)]
        : h("p", { class: "quiet" }, t(active ? "normal.otherModel.text" : "normal.none.text")),
      may ? h("div", { class: "row" },
        button("enrol", "record", t(inUse ? "normal.again" : "normal.enrol"), () => enrol(inUse), inUse || proposed ? "" : "primary"),
        active && button("undo", "undo", t("normal.undo", { version: active.version }), () => takeBack(active)))
        : h("p", { class: "small faint" }, t("normal.viewer")),
      versions.length > 0 && h("details", { class: "versions", open: opened, ontoggle: (event) => { opened = event.target.open; } },
        h("summary", null, icon("down", "small"), t("normal.versions", { count: versions.length })),
        h("ul", null, versions.map(version))));
    if (focused !== null) (body.querySelector(`[data-action="${focused}"]`) ?? body.querySelector("button"))?.focus({ preventScroll: true });
  }

  function button(action, sign, words, onclick, kind = "") {
    return h("button", { class: "button " + kind, dataset: { action }, onclick }, icon(sign, "small"), words);
  }

  function facts(bank) {
    const since = bank.confirmed ?? { time: bank.created, user: bank.user };
    const states = bank.report?.states ?? [], several = states.length > 1 || states[0]?.name;
    const row = (key, value, title = null) => [h("dt", null, t(key)), h("dd", { title }, value)];
    return h("dl", { class: "facts" },
      row("normal.version", String(bank.version)),
      row("normal.since", t("normal.since.value", { time: dateTime(since.time, { seconds: false }), user: since.user || "–" }), fullTime(since.time)),
      row("normal.heard", `${dateTime(bank.since, { seconds: false })} – ${dateTime(bank.until, { seconds: false })}`, fullTime(bank.since)),
      !several && row("normal.windows", t("normal.windows.value", { windows: bank.windows, points: bank.points })),
      states.length > 0 && row(several ? "normal.states" : "normal.limit", several
        ? h("ul", { class: "states" }, states.map((state) => h("li", null, h("b", null, state.name || t("normal.unnamed")), " ",
          t("normal.state.value", { windows: state.windows, points: state.points, limit: number(state.limit, 2) }))))
        : number(states[0].limit, 2)),
      bank.comment && row("normal.comment", bank.comment));
  }

  function findings(bank) {
    const said = bank.report?.findings ?? [];
    return said.length > 0 && h("ul", { class: "findings small quiet", "aria-label": t("normal.findings") }, said.map((each) => h("li", null, name(each.text))));
  }

  function version(bank) {
    const undone = bank.undone && t("normal.undoneBy", { user: bank.undone.user || "–", time: dateTime(bank.undone.time, { seconds: false }) });
    return h("li", null, h("span", { class: "row" }, h("b", { class: "num" }, t("normal.version.n", { version: bank.version })), h("span", { class: "tag" }, t("normal.state." + bank.state)),
      bank.operating_state && h("span", { class: "tag" }, t("normal.only", { state: bank.operating_state })),
      !bank.usable && h("span", { class: "tag" }, t("normal.notUsable"))),
    h("span", { class: "small quiet num" }, [
      t("normal.made", { user: bank.user || "–", time: dateTime(bank.created, { seconds: false }) }),
      t("normal.windows.value", { windows: bank.windows, points: bank.points }), undone, bank.comment && `“${bank.comment}”`].filter(Boolean).join(" · ")));
  }

  /** Asks for a name where nobody signs in, sends, and tells; what the service refuses stands in the dialog. */
  async function order({ title, text, confirm: word, danger = false, comment = null, fields = null, send }) {
    const open = session().access === "open";
    const who = h("input", { class: "input", id: "normal-user", autocomplete: "name", maxlength: "64", value: recall("user", "") });
    const answer = await openDialog({
      title, confirm: word, danger,
      body: [
        h("p", { class: "quiet" }, text),
        fields,
        comment && field(t("normal.comment.ask"), comment),
        open && field(t("normal.user"), who),
      ],
      async submit() {
        const user = open ? who.value.trim() : "";
        if (user) remember("user", user);
        return send(user ? { user } : {});
      },
    });
    if (answer === null) return;
    await load();
    changed?.();
    return answer;
  }

  async function enrol(inUse) {
    const comment = h("input", { class: "input", id: "normal-comment", maxlength: "500", placeholder: t("normal.comment.hint") });
    const known = (inUse?.report?.states ?? []).map((each) => each.name).filter(Boolean);
    const state = h("input", { class: "input", id: "normal-state", maxlength: "64", list: "normal-states", autocomplete: "off", placeholder: t("normal.operating.hint"), "aria-describedby": "normal-effect" });
    const effect = h("p", { class: "hint", id: "normal-effect" });
    const span = h("select", { class: "select", id: "normal-span" }, STRETCHES.map((minutes) => h("option", { value: minutes }, t("normal.span", { span: duration(minutes * 60) }))));
    span.value = STRETCHES[1];
    const tell = () => setText(effect, !inUse ? "" : t(!state.value.trim() ? "normal.effect.all" : known.includes(state.value.trim()) ? "normal.effect.state" : "normal.effect.more", { state: state.value.trim() }));
    state.addEventListener("input", tell);
    tell();
    const answer = await order({
      title: t("normal.enrol.title"), text: t("normal.enrol.text"), confirm: t("normal.enrol.do"), comment,
      fields: [
        field(t("normal.heard"), span),
        field(t("normal.operating"), state, h("datalist", { id: "normal-states" }, known.map((each) => h("option", { value: each }))), effect),
      ],
      send: (by) => {
        const until = now();
        return post(path + "/enrolment", {
          since: new Date(until - span.value * 60_000).toISOString(), until: new Date(until).toISOString(),
          state: state.value.trim() || undefined, comment: comment.value.trim() || undefined, ...by,
        });
      },
    });
    if (!answer) return;
    const made = answer.enrolment;
    toast(t("normal.enrol.done", { version: made?.version ?? "–", windows: made?.report?.windows_used ?? "–" }), { kind: "success" });
  }

  async function confirm(bank) {
    const answer = await order({
      title: t("normal.confirm", { version: bank.version }), text: t("normal.confirm.text"), confirm: t("normal.confirm.do"),
      send: (by) => post(path + "/enrolment/confirm", { version: bank.version, ...by }),
    });
    if (answer) toast(t("normal.confirm.done", { version: bank.version }), { kind: "success" });
  }

  async function takeBack(bank) {
    const isProposal = bank.state === "proposed";
    const answer = await order({
      title: isProposal ? t("normal.turnDown") : t("normal.undo", { version: bank.version }),
      text: isProposal ? t("normal.turnDown.text") : bank.replaces ? t("normal.undo.before", { version: bank.replaces }) : t("normal.undo.none"),
      confirm: t(isProposal ? "normal.turnDown" : "normal.undo.do"), danger: true,
      send: (by) => post(path + "/enrolment/undo", { version: bank.version, ...by }),
    });
    if (!answer) return;
    const left = answer.enrolment?.active_version;
    toast(isProposal ? t("normal.turnDown.done") : left ? t("normal.undo.done", { version: left }) : t("normal.undo.doneNone"), { kind: "info" });
  }

  // A proposal, or an order from elsewhere, arrives without an event of its own on this page.
  every(60_000, load, signal);
  return { tag, body, load };
}
