// What people said about a machine's windows; taken back in place.
import { del, get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { dateTime, fullTime, ms, number } from "../format.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { canOperate } from "../session.js";
import { toast } from "../toast.js";
import { empty, errorState, errorText, loading } from "./empty.js";
import { decidedWords, outcomeNotice } from "./outcome.js";

const FIRST = 6;
/** Shown on both sides of a window that is looked at, ms. */
const AROUND = 120_000;

/** `createDecisions({id, path, labels, signal, changed})`: `labels()` the machine's; `changed` is called when one was taken back. */
export function createDecisions({ id, path, labels, signal, changed = null }) {
  const count = h("span", { class: "aside num" });
  const body = h("div", { class: "card-pad stack decisions" }, loading("lines", 2));
  let shown = "", all = false, undone = null, busy = false, answer = null;

  async function load() {
    try {
      answer = await get(path + "/teaching", { signal });
      const text = JSON.stringify(answer);
      if (text !== shown) { shown = text; show(); }
    } catch (failure) {
      if (failure.name !== "AbortError" && !shown) replace(body, errorState(failure, load, { compact: true }));
    }
  }

  function show() {
    const { decisions, calibration } = answer;
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.decision ?? "" : null;
    setText(count, decisions.length ? t("decisions.count", { count: decisions.filter((each) => !each.undone).length }) : "");
    const rest = decisions.length - FIRST;
    replace(body,
      undone && outcomeNotice({ title: t("review.undone"), teaching: undone, labels: labels(), close: () => { undone = null; show(); } }),
      decisions.length ? h("ul", { class: "decision-list" }, decisions.slice(0, all ? undefined : FIRST).map(row))
        : empty({ icon: "review", title: t("decisions.none"), text: t("decisions.none.text"), compact: true }),
      !all && rest > 0 && h("div", null, h("button", { class: "button compact", onclick: () => { all = true; show(); } }, t("decisions.more", { count: rest }))),
      calibration && h("p", { class: "small quiet" }, t(calibration.used ? "decisions.calibrated" : "decisions.notCalibrated", {
        count: calibration.decisions, temperature: number(calibration.temperature, 2),
        before: number(calibration.ece_before * 100, 1), after: number(calibration.ece_after * 100, 1),
      })));
    if (focused !== null) (body.querySelector(`[data-decision="${CSS.escape(focused)}"]`) ?? body.querySelector("button, a"))?.focus({ preventScroll: true });
  }

  function row(each) {
    const at = ms(each.window_start);
    const stretch = new URLSearchParams({ since: new Date(at - AROUND).toISOString(), until: new Date(at + AROUND).toISOString() });
    return h("li", { dataset: each.undone ? { undone: "" } : {} },
      h("div", null,
        h("b", null, decidedWords(each, labels())),
        h("span", { class: "small quiet num" },
          t("decisions.window"), " ", h("a", { href: `#/machine/${encodeURIComponent(id)}?${stretch}`, title: fullTime(each.window_start) }, dateTime(each.window_start)),
          " · ", h("span", { title: fullTime(each.time) }, t("review.by", { user: each.user || "–", time: dateTime(each.time) })),
          each.comment && ` · “${each.comment}”`,
          each.undone && [" · ", t("decisions.undone", { user: each.undone.user || "–", time: dateTime(each.undone.time) })])),
      !each.undone && canOperate() && h("button", { class: "button compact", dataset: { decision: each.id }, disabled: busy, onclick: () => undo(each) },
        icon("undo", "small"), t("review.undo")));
  }

  async function undo(each) {
    if (busy) return;
    busy = true;
    show();
    try {
      undone = (await del("review/decisions/" + encodeURIComponent(each.id), { signal })).teaching ?? {};
      changed?.();
    } catch (failure) {
      if (failure.name !== "AbortError") toast(errorText(failure), { kind: "error" });
    } finally {
      busy = false;
      shown = "";
      load();
    }
  }

  return { count, body, load };
}
