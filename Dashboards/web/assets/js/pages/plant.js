// Every machine, worst first, live.
import { h } from "../dom.js";

export default async function mount(root, { t }) {
  root.append(h("div", { class: "page" }, h("header", { class: "page-head" }, h("h1", null, t("title.plant")))));
}
