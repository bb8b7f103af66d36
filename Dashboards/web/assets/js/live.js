// Server-sent events: a stream for the plant, one for the machine looked at. `live.on("window", fn, {machine: "compressor-2"})`
// returns the function that ends it. "resync" follows a broken stream: ask again for what was missed.

const EVENTS = ["machines", "window", "alarm", "review", "system"];
const channels = new Map();
const stateListeners = new Set();
let state = "connecting";
let stopped = true, resting = false, restTimer = 0;
/** How long a tab may be behind others before it lets go of its streams. */
const HIDDEN_MS = 5_000;

class Channel {
  constructor(machine) {
    this.machine = machine;
    this.listeners = new Map();
    this.source = null;
    this.attempts = 0;
    this.timer = 0;
    this.broken = false;
    this.lastHeard = 0;
  }

  open() {
    if (this.source || stopped || resting) return;
    clearTimeout(this.timer);
    const path = "/api/v1/events" + (this.machine ? "?machine=" + encodeURIComponent(this.machine) : "");
    const source = new EventSource(path);
    this.source = source;
    source.onopen = () => {
      this.attempts = 0;
      this.lastHeard = Date.now();
      this.report("open");
      if (this.broken) { this.broken = false; this.tell("resync", null); }
    };
    source.onerror = () => {
      this.broken = true;
      this.report("lost");
      // The browser tries again by itself unless the answer was a refusal.
      if (source.readyState === EventSource.CLOSED) this.again();
    };
    for (const event of EVENTS) {
      source.addEventListener(event, (message) => {
        this.lastHeard = Date.now();
        let data;
        try { data = JSON.parse(message.data); } catch { return; }
        this.tell(event, data);
      });
    }
  }

  again() {
    this.close();
    this.attempts += 1;
    this.timer = setTimeout(() => this.open(), Math.min(30_000, 1000 * 2 ** Math.min(this.attempts, 5)));
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  tell(event, data) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(data);
  }

  report(value) { if (!this.machine) setState(value); }

  get unused() { return [...this.listeners.values()].every((set) => set.size === 0); }
}

function setState(value) {
  if (state === value) return;
  state = value;
  for (const listener of stateListeners) listener(value);
}

function channel(machine) {
  const key = machine ?? "";
  if (!channels.has(key)) channels.set(key, new Channel(machine ?? null));
  return channels.get(key);
}

// A peer that vanished without a word looks like silence: after a quiet while the box is asked whether it is there.
setInterval(async () => {
  const main = channels.get("");
  if (stopped || document.hidden || !main?.source || Date.now() - main.lastHeard < 30_000) return;
  try {
    const answer = await fetch("/healthz", { signal: AbortSignal.timeout(5000), cache: "no-store" });
    if (answer.ok) { main.lastHeard = Date.now(); return; }
  } catch { /* falls through */ }
  main.broken = true;
  main.report("lost");
  main.again();
}, 15_000);

// A browser opens six connections to a box for all its tabs: streams of tabs that nobody sees would leave none for the front.
function rest() {
  clearTimeout(restTimer);
  resting = true;
  for (const each of channels.values()) { each.close(); each.broken = true; }
}

function wake() {
  clearTimeout(restTimer);
  if (!resting) return;
  resting = false;
  if (stopped) return;
  setState("connecting");
  for (const each of channels.values()) each.open();
}

addEventListener("pagehide", rest);
addEventListener("pageshow", wake);
document.addEventListener("visibilitychange", () => {
  clearTimeout(restTimer);
  if (document.hidden) restTimer = setTimeout(rest, HIDDEN_MS); else wake();
});

export const live = {
  /** "connecting", "open" or "lost" */
  get state() { return state; },

  get running() { return !stopped; },

  /** True while this tab is hidden and hears nothing: what it shows then has to be asked for. */
  get resting() { return resting; },

  /** Begins (after the session is known). */
  start() {
    stopped = false;
    channel(null).open();
    for (const each of channels.values()) each.open();
  },

  stop() {
    stopped = true;
    for (const each of channels.values()) each.close();
    setState("connecting");
  },

  onState(listener, signal) {
    stateListeners.add(listener);
    signal?.addEventListener("abort", () => stateListeners.delete(listener));
    return () => stateListeners.delete(listener);
  },

  /**
   * Events: "machines", "alarm", "review", "system", "resync"; with `machine` also "window".
   * Ends with the returned function or with `signal`.
   */
  on(event, listener, { machine = null, signal = null } = {}) {
    const from = channel(machine);
    if (!from.listeners.has(event)) from.listeners.set(event, new Set());
    from.listeners.get(event).add(listener);
    from.open();
    const off = () => {
      from.listeners.get(event)?.delete(listener);
      if (machine && from.unused) { from.close(); channels.delete(machine); }
    };
    signal?.addEventListener("abort", off, { once: true });
    return off;
  },
};
