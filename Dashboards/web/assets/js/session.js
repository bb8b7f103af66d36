// Who is looking, what they may do, and the way in and out.
import { get, post, setCsrf } from "./api.js";

let current = { user: null, access: "open", csrf: null, version: "" };
const listeners = new Set();

/** {"user": null|{name, role}, "access": "open|users|proxy", "csrf", "version"} */
export function session() { return current; }

/** True when changes (acknowledge, review, delete) are allowed. */
export function canOperate() {
  return current.user ? current.user.role === "operator" : current.access === "open";
}

/** True when nothing is shown before a login. */
export function mustLogIn() { return current.access === "users" && !current.user; }

export function onSession(listener) { listeners.add(listener); }

export async function loadSession() { return take(await get("session", { quiet401: true })); }

export async function logIn(user, password) {
  return take(await post("login", { user, password }, { quiet401: true }));
}

export async function logOut() {
  await post("logout");
  return loadSession();
}

function take(answer) {
  current = answer;
  setCsrf(answer.csrf);
  for (const listener of listeners) listener(current);
  return current;
}
