// The HTTP API: JSON in and out, one kind of error, the CSRF header, and the way to the login page.

/** What went wrong: `status` 0 means that the box could not be reached; `code` is the API's word for it. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

let csrf = null;
let unauthorized = () => {};

/** The token of the session, sent with every change. */
export function setCsrf(token) { csrf = token; }

/** What happens on 401 (the shell goes to the login page). */
export function onUnauthorized(action) { unauthorized = action; }

/**
 * The bare request: paths without a leading slash are under /api/v1/. Throws ApiError for every status outside 2xx,
 * and AbortError when `signal` ends it.
 */
export async function request(path, { method = "GET", body, headers = {}, signal, quiet401 = false } = {}) {
  const url = path.startsWith("/") ? path : "/api/v1/" + path;
  const all = { Accept: "application/json", ...headers };
  if (method !== "GET" && csrf) all["X-CSRF-Token"] = csrf;
  let response;
  try {
    response = await fetch(url, { method, body, headers: all, signal, credentials: "same-origin" });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new ApiError(0, "unreachable", "The box does not answer.");
  }
  if (response.ok) return response;
  let code = "http_" + response.status;
  let message = response.statusText || String(response.status);
  try {
    const answer = await response.json();
    code = answer.error?.code ?? code;
    message = answer.error?.message ?? message;
  } catch { /* not JSON: the status line has to do */ }
  if (response.status === 401 && !quiet401) unauthorized();
  throw new ApiError(response.status, code, message);
}

async function json(response) {
  if (response.status === 204) return null;
  const text = await response.text();
  return text === "" ? null : JSON.parse(text);
}

export async function get(path, options = {}) { return json(await request(path, options)); }

export async function post(path, body, options = {}) {
  return json(await request(path, {
    ...options, method: "POST", body: body === undefined ? undefined : JSON.stringify(body),
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
  }));
}

export async function del(path, options = {}) { return json(await request(path, { ...options, method: "DELETE" })); }

/** Multipart; the browser writes the boundary. */
export async function upload(path, formData, options = {}) {
  return json(await request(path, { ...options, method: "POST", body: formData }));
}

/** A picture or a sound with its headers: `{blob, headers}`. */
export async function blob(path, options = {}) {
  const response = await request(path, { ...options, headers: { Accept: "*/*" } });
  return { blob: await response.blob(), headers: response.headers };
}

/** `query({since: 1, label: null})` → "?since=1"; empty when nothing is set. */
export function query(values) {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return pairs.length ? "?" + new URLSearchParams(pairs) : "";
}
