// Orders about an alarm: shelve, take out of service, bring back, reset.
import { post } from "../api.js";
import { openDialog } from "../dialog.js";
import { h } from "../dom.js";
import { dateTime, duration } from "../format.js";
import { name, t } from "../i18n.js";
import { canOperate, session } from "../session.js";
import { recall, remember } from "../store.js";

/** What brings a hidden alarm back. */
export function returns({ hidden }) { return [hidden?.shelved_until && "unshelve", hidden?.out_of_service && "in-service"].filter(Boolean); }

function possible(alarm) {
  const { active, hidden, state } = alarm;
  return [...returns(alarm), state === "latched_ack" && "reset", !hidden && active && "shelve", !hidden?.out_of_service && active && "out-of-service"].filter(Boolean);
}

export function orderButtons(alarm, done, orders = possible(alarm)) {
  return orders.map((order) => h("button", {
    class: "button compact", type: "button", disabled: !canOperate(), dataset: { action: order },
    onclick: () => ask(alarm, order).then((answer) => { if (answer !== null) done(); }),
  }, t("order." + order)));
}

function ask(alarm, order) {
  const open = session().access === "open";
  const field = (id, key, control) => { control.id = id; return h("div", { class: "field" }, h("label", { for: id }, t(key)), control); };
  const user = h("input", { class: "input", autocomplete: "name", maxlength: "80", required: open, value: recall("user", "") });
  const comment = h("textarea", { class: "textarea", maxlength: "500" });
  const time = h("select", { class: "select" }, [900, 3_600, 14_400, 28_800].map((seconds) => h("option", { value: seconds }, duration(seconds))), h("option", { value: "" }, t("order.oneShot")));
  return openDialog({
    title: t("order." + order) + ": " + (name(alarm.name) || alarm.label),
    confirm: t("order." + order),
    body: [order === "shelve" && field("order-time", "alarm.length", time), open && field("order-user", "ack.user", user), field("order-comment", "ack.comment", comment)],
    submit() {
      const body = { comment: comment.value.trim() || undefined };
      if (order === "shelve") Object.assign(body, time.value ? { seconds: Number(time.value) } : { one_shot: true });
      if (open && user.value.trim()) remember("user", body.user = user.value.trim());
      return post(`alarms/${encodeURIComponent(alarm.alarm_id)}/${order}`, body);
    },
  });
}

/** Why an alarm is hidden, and until when. */
export function hidingText(hidden) {
  return hidden ? [
    hidden.shelved_until && "→ " + dateTime(hidden.shelved_until, { seconds: false }), hidden.one_shot && t("order.oneShot"),
    hidden.suppressed_by && t("hidden." + hidden.suppressed_by), hidden.user, hidden.comment, hidden.condition && t("hidden.condition"),
  ].filter(Boolean).join(" · ") : "";
}
