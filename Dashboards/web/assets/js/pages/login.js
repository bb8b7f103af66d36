// Signing in, when the box has users.
import { field, h, setText } from "../dom.js";
import { go } from "../router.js";
import { logIn, mustLogIn } from "../session.js";
import { errorText } from "../ui/empty.js";

export default async function mount(root, { query, t, signal }) {
  const to = query.get("to")?.startsWith("/") && !query.get("to").startsWith("/login") ? query.get("to") : "/plant";
  if (!mustLogIn()) { go(to, { replace: true }); return; }

  const user = h("input", { class: "input", id: "user", name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
  const password = h("input", { class: "input", id: "password", name: "password", type: "password", autocomplete: "current-password", required: true });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const submit = h("button", { class: "button primary", type: "submit" }, t("login.go"));
  const form = h("form", { class: "login-form card" },
    h("img", { src: "/assets/img/mark.svg", alt: "", width: "48", height: "48" }),
    h("h1", null, t("login.title")),
    h("p", { class: "quiet" }, t("login.text")),
    field(t("login.user"), user),
    field(t("login.password"), password),
    wrong, submit,
    h("p", { class: "small faint" }, t("login.help"), " ", h("code", null, "ausculta user add")));
  root.append(h("div", { class: "login" }, form));
  user.focus();

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    setText(wrong, "");
    try {
      await logIn(user.value.trim(), password.value);
      go(to, { replace: true });
    } catch (failure) {
      setText(wrong, failure.status === 401 ? t("login.wrong") : failure.status === 429 ? t("login.tooMany") : errorText(failure));
      password.select();
      submit.disabled = false;
    }
  }, { signal });
}
