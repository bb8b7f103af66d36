// Small things remembered in this browser, or until the page closes where storage is forbidden.
const memory = new Map();

export function recall(key, fallback = null) {
  try {
    const text = localStorage.getItem("ausculta." + key);
    return text === null ? fallback : text;
  } catch {
    return memory.has(key) ? memory.get(key) : fallback;
  }
}

export function remember(key, value) {
  memory.set(key, value);
  try {
    if (value === null) localStorage.removeItem("ausculta." + key);
    else localStorage.setItem("ausculta." + key, value);
  } catch { /* forbidden: the map keeps it */ }
}
