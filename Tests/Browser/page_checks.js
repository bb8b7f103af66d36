// What every page has to keep, asked of the browser itself. Each function gives a list of what is wrong.

function place(element) {
  const words = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40);
  const of = element.closest("[id]");
  return `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}">${words ? " “" + words + "”" : ""}${of ? " in #" + of.id : ""}`;
}

function seen(element) {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
  for (let each = element; each; each = each.parentElement) {
    const style = getComputedStyle(each);
    if (style.clipPath.startsWith("inset(50%")) return false;
  }
  return true;
}

function rgba(text) {
  const canvas = rgba.canvas ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}

function over([r, g, b, a], ground) {
  return [r * a + ground[0] * (1 - a), g * a + ground[1] * (1 - a), b * a + ground[2] * (1 - a), 1];
}

function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((value) => { const share = value / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

function ratio(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** What is behind an element's words, from the page's ground up, and how much all its ancestors fade them. */
function ground(element) {
  const chain = [];
  for (let each = element; each; each = each.parentElement) chain.unshift(each);
  let colour = [255, 255, 255, 1], fade = 1;
  for (const each of chain) {
    const style = getComputedStyle(each);
    fade *= Number(style.opacity);
    const own = rgba(style.backgroundColor);
    own[3] *= fade;
    colour = over(own, colour);
  }
  return { colour, fade };
}

/** WCAG 2.2, 1.4.3: 4.5 to 1, large words 3 to 1. */
function contrast() {
  const wrong = new Map();
  const judge = (element, ink, style, what) => {
    const { colour, fade } = ground(element);
    const words = rgba(ink);
    words[3] *= fade;
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(over(words, colour), colour);
    if (found < (large ? 3 : 4.5) - 0.005) wrong.set(`${place(element)} ${what} ${found.toFixed(2)} : 1`, true);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !seen(element) || element.closest(":disabled, script, style, noscript, option")) continue;
    const style = getComputedStyle(element);
    judge(element, element.closest("svg") ? style.fill : style.color, style, "text");
  }
  for (const field of document.querySelectorAll("input[placeholder], textarea[placeholder]")) {
    if (!seen(field) || field.value) continue;
    const style = getComputedStyle(field, "::placeholder");
    judge(field, style.color, style, "placeholder");
  }
  return [...wrong.keys()].slice(0, 12);
}

function structure() {
  const wrong = [];
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((each) => each.checkVisibility());
  if (headings.filter((each) => each.tagName === "H1").length !== 1) wrong.push(`one h1 expected, found ${headings.filter((each) => each.tagName === "H1").map(place).join(", ") || "none"}`);
  let last = 0;
  for (const heading of headings) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) wrong.push(`a heading of level ${level} follows one of level ${last}: ${place(heading)}`);
    last = level;
  }
  const ids = new Map();
  for (const element of document.querySelectorAll("[id]")) ids.set(element.id, (ids.get(element.id) ?? 0) + 1);
  for (const [id, count] of ids) if (count > 1) wrong.push(`${count} elements have the id ${id}`);
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    for (const attribute of ["aria-labelledby", "aria-describedby"]) {
      for (const id of (element.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) wrong.push(`${attribute} names nothing: ${id}`);
    }
  }
  for (const field of document.querySelectorAll("input, select, textarea")) {
    if (!field.labels?.length && !field.getAttribute("aria-label") && !field.getAttribute("aria-labelledby")) wrong.push(`no label: ${place(field)}`);
  }
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) wrong.push(`no alt: ${image.src}`);
  for (const cell of document.querySelectorAll("table th")) if (!cell.hasAttribute("scope")) wrong.push(`a table's heading without scope: ${place(cell)}`);
  if (document.querySelectorAll("main").length !== 1) wrong.push("one main expected");
  if (!document.title.trim()) wrong.push("the page has no title");
  if (!/^(en|zh-CN)$/.test(document.documentElement.lang)) wrong.push(`lang is '${document.documentElement.lang}'`);
  // A key nobody translated is shown as itself.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (/^\s*[a-z][a-zA-Z]+\.[a-zA-Z.]+\s*$/.test(node.data) && !node.parentElement.closest("code, .mono, dd")) wrong.push(`words missing: ${node.data}`);
    if (/\{\w+\}|undefined|NaN|\[object /.test(node.data) && !node.parentElement.closest("code, pre")) wrong.push(`not for people: ${node.data.trim().slice(0, 60)}`);
  }
  return wrong;
}

/** Nothing may stick out of the screen, except inside a box that scrolls by itself. */
function overflow() {
  const wide = innerWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const wrong = [`the page is ${document.documentElement.scrollWidth} wide on a screen of ${wide}`];
  for (const element of document.querySelectorAll("body *")) {
    if (element.getBoundingClientRect().right > wide + 1) wrong.push(place(element));
  }
  return wrong.slice(0, 6);
}

/** WCAG 2.2, 2.5.8: what is touched is at least 24 by 24, unless it stands in a line of words. */
function targets() {
  const wrong = [];
  for (const element of document.querySelectorAll("button, select, input, a[href], summary")) {
    if (!seen(element) || element.closest("p, li:not(.nav li), dd, td") && element.tagName === "A") continue;
    const own = element.type === "checkbox" || element.type === "radio" ? element.closest("label") ?? element : element;
    // A link whose ground covers its card is as large as the card.
    if (element.classList.contains("cover") || element.classList.contains("skip")) continue;
    const box = own.getBoundingClientRect();
    if (box.width < 24 || box.height < 24) wrong.push(`${Math.round(box.width)} × ${Math.round(box.height)}: ${place(element)}`);
  }
  return wrong.slice(0, 10);
}

/** How far things moved by themselves while `count` live updates came; null where machines changed places meanwhile. */
async function shift(event, machine, count) {
  const { live } = await import("/assets/js/live.js");
  const order = () => [...document.querySelectorAll("main article, main .alarm-row, main h2")].map((each) => each.querySelector("a")?.href ?? each.textContent).join("\n");
  const before = order();
  let sum = 0;
  const moved = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      sum += entry.value;
      for (const source of entry.sources) if (source.node) moved.push(place(source.node.nodeType === 1 ? source.node : source.node.parentElement));
    }
  });
  observer.observe({ type: "layout-shift" });
  await new Promise((done, failed) => {
    let seenEvents = 0;
    const off = live.on(event, () => { seenEvents += 1; if (seenEvents >= count) { off(); clearTimeout(timer); done(); } }, machine ? { machine } : {});
    const timer = setTimeout(() => { off(); failed(new Error(`only ${seenEvents} of ${count} ${event} events came`)); }, 150_000);
  });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300))));
  observer.disconnect();
  return order() === before ? { sum, moved: [...new Set(moved)].slice(0, 8) } : null;
}

/** Bytes of everything fetched to show pages, without data. */
function weight() {
  const files = new Map();
  for (const entry of [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]) {
    const { pathname } = new URL(entry.name);
    if (!pathname.startsWith("/api/") && location.origin === new URL(entry.name).origin) files.set(pathname, entry.decodedBodySize);
  }
  return Object.fromEntries(files);
}
