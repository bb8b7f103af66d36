// Modal dialogs on the platform's own <dialog>: focus stays inside, Escape closes, focus returns.
import { h, setText } from "./dom.js";
import { t } from "./i18n.js";
import { errorText } from "./ui/empty.js";

/**
 * `openDialog({title, body, confirm, cancel, danger, submit})`. `body` is a node or an array; `submit(close)` may be
 * async: while it runs the button waits, what it throws is shown in the dialog, and the dialog closes when it is done.
 * Resolves to what `submit` returned (or true without one), to null when the person thought better of it.
 */
export function openDialog({ title, body, confirm, cancel, danger = false, submit = null }) {
  return new Promise((resolve) => {
    let result = null;
    const wrong = h("p", { class: "wrong", role: "alert" });
    const go = h("button", { class: "button " + (danger ? "danger" : "primary"), type: "submit" }, confirm ?? t("shell.ok"));
    const heading = h("h2", { id: "dialog-title" }, title);
    const form = h("form", { method: "dialog" }, heading, body, wrong,
      h("div", { class: "dialog-actions" },
        cancel === false ? null : h("button", { class: "button", onclick: () => dialog.close() }, cancel ?? t("shell.cancel")),
        go));
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      setText(wrong, "");
      try {
        result = submit ? await submit() : true;
        if (result === undefined) result = true;
        dialog.close();
      } catch (failure) {
        setText(wrong, errorText(failure));
        go.disabled = false;
      }
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(result); });
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("[autofocus]") ?? go).focus();
  });
}
