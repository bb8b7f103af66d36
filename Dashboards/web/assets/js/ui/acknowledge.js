// Acknowledging an alarm: who and why, asked once, the name remembered where anybody may operate.
import { post } from "../api.js";
import { field, h } from "../dom.js";
import { name, t } from "../i18n.js";
import { openDialog } from "../dialog.js";
import { canOperate, session } from "../session.js";
import { recall, remember } from "../store.js";
import { toast } from "../toast.js";

/** True while somebody still has to acknowledge it. */
export function awaitsAcknowledgement(alarm) { return alarm.state === "unack_active" || alarm.state === "rtn_unack"; }

/** True while it belongs in the list of what is open: the fault is present, or nobody has seen it yet. */
export function isOpen(alarm) { return alarm.active || awaitsAcknowledgement(alarm) || alarm.state === "shelved"; }

/** The button, or null when there is nothing to acknowledge. Viewers see it disabled with the reason. */
export function acknowledgeButton(alarm, done, { compact = true } = {}) {
  if (!awaitsAcknowledgement(alarm)) return null;
  const allowed = canOperate();
  return h("button", {
    class: "button primary" + (compact ? " compact" : ""), disabled: !allowed,
    title: allowed ? null : t("error.forbidden"), dataset: { action: "acknowledge" },
    onclick: () => acknowledge(alarm).then((changed) => { if (changed) done?.(); }),
  }, t("ack.button"));
}

/** Asks, sends, tells. Resolves to true when it was acknowledged. */
export async function acknowledge(alarm) {
  const open = session().access === "open";
  const user = h("input", { class: "input", id: "ack-user", autocomplete: "name", maxlength: "80", required: open, value: recall("user", ""), autofocus: open && !recall("user") });
  const comment = h("textarea", { class: "textarea", id: "ack-comment", maxlength: "500", placeholder: t("ack.comment.hint"), autofocus: !open || Boolean(recall("user")) });
  const answer = await openDialog({
    title: t("ack.title"),
    confirm: t("ack.button"),
    body: [
      h("p", { class: "quiet" }, t("ack.text", { label: name(alarm.name) || alarm.label, machine: name(alarm.machine_name) || alarm.machine })),
      open && field(t("ack.user"), user),
      field(t("ack.comment"), comment),
    ],
    async submit() {
      const body = {};
      if (comment.value.trim()) body.comment = comment.value.trim();
      if (open && user.value.trim()) { body.user = user.value.trim(); remember("user", body.user); }
      return post(`alarms/${encodeURIComponent(alarm.alarm_id)}/ack`, body);
    },
  });
  if (answer === null) return false;
  toast(t("ack.done", { label: name(alarm.name) || alarm.label }), { kind: "success" });
  return true;
}
