// Who is logged in: tokens, their renewal, and the login that is asked for again when they have run out.
//
// The tokens are in sessionStorage: a reload keeps the login, the end of the tab ends it, other sites never get to see it, and no
// request carries it unasked as it would a cookie. A script in this page could read it; the Content-Security-Policy admits none but ours.

import { send } from "./http.js";
import { createStore } from "./store.js";

const KEY = "edge-csms.session";
const RENEW_AT = 0.8; // of a token's life

// state: "out" (the login form), "in", or "expired" (the view stays, a dialog asks for the password again)
export const session = createStore({ state: "out", user: null });

let tokens = null; // {access, refresh, user, renewAt}
let renewal = null; // the request under way: many may wait for it
let loggedInAgain = null; // {promise, resolve} while expired

export function restoreSession() {
  try {
    tokens = JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    tokens = null;
  }
  if (tokens) session.set({ state: "in", user: tokens.user });
}

export async function login(username, password) {
  await enter(await send("POST", "/api/auth/login/", { body: { username, password } }));
}

// Makes an account. Gives null when it is logged in at once, else what the server says comes first.
export async function register(fields) {
  const answer = await send("POST", "/api/auth/registration/", { body: fields });
  if (!answer.access) return answer.detail ?? "";
  await enter(answer);
  return null;
}

async function enter({ access, refresh }) {
  const { username, role } = await send("GET", "/api/v1/account", { token: access });
  const user = { username, role };
  const other = session.get().state === "expired" && session.get().user.username !== user.username;
  keep({ access, refresh, user });
  if (other) location.reload(); // what was half done belongs to somebody else
  session.set({ state: "in", user });
  loggedInAgain?.resolve();
  loggedInAgain = null;
}

export async function logout() {
  const { refresh, access } = tokens;
  forget();
  await send("POST", "/api/auth/logout/", { body: { refresh }, token: access }).catch(() => {}); // out is out, also while the server is away
}

function forget() {
  tokens = null;
  sessionStorage.removeItem(KEY);
  session.set({ state: "out", user: null });
}

function keep(next) {
  tokens = { ...next, renewAt: Date.now() + RENEW_AT * lifeSeconds(next.access) * 1000 };
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

// From the token's own times, which are both the server's: this machine's clock may be wrong.
function lifeSeconds(access) {
  try {
    const { exp, iat } = JSON.parse(atob(access.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return exp - iat;
  } catch {
    return 60;
  }
}

// Gives a token that still holds; while the login has run out, waits for the next one.
export async function accessToken() {
  if (loggedInAgain) await loggedInAgain.promise;
  if (Date.now() >= tokens.renewAt) await renew(tokens.access);
  return tokens.access;
}

// Exchanges a token that was refused or is about to run out. Resolves when there is a new one.
export async function renew(refused) {
  if (tokens.access !== refused) return; // somebody else was faster
  renewal ??= exchange().finally(() => (renewal = null));
  await renewal;
}

async function exchange() {
  try {
    const { access } = await send("POST", "/api/auth/token/refresh", { body: { refresh: tokens.refresh } });
    if (tokens) keep({ ...tokens, access }); // else logged out meanwhile
  } catch (error) {
    if (error.status !== 401) throw error;
    await askAgain();
  }
}

function askAgain() {
  if (!loggedInAgain) {
    let resolve;
    const promise = new Promise((done) => (resolve = done));
    loggedInAgain = { promise, resolve };
    session.set({ ...session.get(), state: "expired" });
  }
  return loggedInAgain.promise;
}

const RANKS = ["viewer", "technician", "admin"];

// Tells whether who is logged in may do what needs this role; the server decides, this only spares dead buttons.
export const may = (role) => RANKS.indexOf(session.get().user?.role) >= RANKS.indexOf(role);
