// A small part of Markdown as elements. Everything is set as text, so nothing in a document can become markup.
import { append, h } from "../dom.js";

/** The document as an element; its headings begin at <h3>. */
export function markdown(text) {
  const root = h("div", { class: "prose" });
  // A front matter of key: value lines is for machines.
  const lines = text.replace(/\r\n?/g, "\n").replace(/^---\n[\s\S]*?\n---\n/, "").split("\n");
  let at = 0;
  const blank = (line) => /^\s*$/.test(line);
  const starts = (line) => /^(#{1,6}\s|```|~~~|>|\s{0,3}([-*+]|\d+[.)])\s|\s{0,3}([-*_])(\s*\3){2,}\s*$)/.test(line);

  while (at < lines.length) {
    const line = lines[at];
    let match;
    if (blank(line)) { at += 1; continue; }
    if ((match = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line))) {
      root.append(append(h("h" + Math.min(6, match[1].length + 2)), inline(match[2])));
      at += 1;
    } else if ((match = /^(```|~~~)/.exec(line))) {
      const code = [];
      for (at += 1; at < lines.length && !lines[at].startsWith(match[1]); at += 1) code.push(lines[at]);
      at += 1;
      root.append(h("pre", { tabindex: "0" }, h("code", null, code.join("\n"))));
    } else if (/^ {4}|\t/.test(line)) {
      const code = [];
      for (; at < lines.length && (/^( {4}|\t)/.test(lines[at]) || blank(lines[at])); at += 1) code.push(lines[at].replace(/^( {4}|\t)/, ""));
      root.append(h("pre", { tabindex: "0" }, h("code", null, code.join("\n").trimEnd())));
    } else if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) {
      root.append(h("hr"));
      at += 1;
    } else if (line.startsWith(">")) {
      const quote = [];
      for (; at < lines.length && lines[at].startsWith(">"); at += 1) quote.push(lines[at].replace(/^>\s?/, ""));
      root.append(h("blockquote", null, append(h("p"), inline(quote.join(" ")))));
    } else if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) {
      const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
      const head = cells(line), body = [];
      for (at += 2; at < lines.length && lines[at].includes("|") && !blank(lines[at]); at += 1) body.push(cells(lines[at]));
      root.append(h("div", { class: "table-wrap", tabindex: "0" }, h("table", { class: "table" },
        h("thead", null, h("tr", null, head.map((cell) => append(h("th", { scope: "col" }), inline(cell))))),
        h("tbody", null, body.map((row) => h("tr", null, row.map((cell) => append(h("td"), inline(cell)))))))));
    } else if ((match = /^\s{0,3}([-*+]|\d+[.)])\s+/.exec(line))) {
      const ordered = /\d/.test(match[1]);
      const list = h(ordered ? "ol" : "ul");
      while (at < lines.length && (match = /^\s*([-*+]|\d+[.)])\s+(.*)$/.exec(lines[at]))) {
        let words = match[2];
        for (at += 1; at < lines.length && /^\s{2,}\S/.test(lines[at]) && !/^\s*([-*+]|\d+[.)])\s/.test(lines[at]); at += 1) words += " " + lines[at].trim();
        list.append(append(h("li"), inline(words)));
      }
      root.append(list);
    } else {
      const words = [line];
      for (at += 1; at < lines.length && !blank(lines[at]) && !starts(lines[at]); at += 1) words.push(lines[at]);
      root.append(append(h("p"), inline(words.join(" "))));
    }
  }
  return root;
}

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^\s*][^*]*?)\*|\[([^\]]+)\]\(([^)\s]+)[^)]*\)/;

/** One line of it: code, strong, emphasis and links as nodes. */
export function inline(text) {
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index) nodes.push(rest.slice(0, match.index));
    const [whole, , code, strong, alsoStrong, soft, words, target] = match;
    if (code !== undefined) nodes.push(h("code", null, code));
    else if (strong ?? alsoStrong) nodes.push(append(h("strong"), inline(strong ?? alsoStrong)));
    else if (soft) nodes.push(append(h("em"), inline(soft)));
    // Only the web's own addresses become links; the rest of a repository is not served here.
    else if (/^https?:\/\//.test(target)) nodes.push(append(h("a", { href: target, rel: "noopener noreferrer", target: "_blank" }), inline(words)));
    else nodes.push(...inline(words));
    rest = rest.slice(match.index + whole.length);
  }
  if (rest) nodes.push(rest);
  return nodes;
}
