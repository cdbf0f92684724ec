// The change of the network that is on trial: how long it still lasts, and the code that confirms it at its new address.

import { get, remove, v1 } from "./api.js";
import { createStore } from "./store.js";

const KEY = "edge-csms.trial"; // so that a reload of the page that began it keeps the code
const EVERY_MS = 1000;

// {state, url, seconds_left, elsewhere, values}, with endsAt by this machine's clock; null where there was none.
export const trial = createStore(null);

let timer = null;

export function beginTrial(item) {
  if (item === null) return;
  if (item.code) sessionStorage.setItem(KEY, item.code);
  take(item);
}

// Looks whether something is on trial, as after a reload, or begun by somebody else.
export async function lookForTrial() {
  const { trial: item } = await get(v1("settings", "trial"));
  if (item && (item.state === "running" || item.state === "stopped")) take(item);
}

function take(item) {
  trial.set({ ...item, endsAt: Date.now() + item.seconds_left * 1000 });
  clearInterval(timer);
  if (item.state === "running") timer = setInterval(follow, EVERY_MS);
  else sessionStorage.removeItem(KEY);
}

async function follow() {
  try {
    const { trial: item } = await get(v1("settings", "trial"));
    if (item) take(item);
  } catch {
    // The way by which this page came may be gone, for the time of the trial or for good: the clock below runs on.
    const last = trial.get();
    if (last && Date.now() > last.endsAt) clearInterval(timer);
    trial.set({ ...last, unreachable: true });
  }
}

export async function takeTrialBack() {
  const { trial: item } = await remove(v1("settings", "trial"));
  take(item);
}

export function forgetTrial() {
  trial.set(null);
}

// The new address, with what confirms the change there; without the code, as for those who didn't begin it, the page alone.
export function confirmingUrl({ url }) {
  const code = sessionStorage.getItem(KEY);
  return code ? `${url}#/confirm?code=${encodeURIComponent(code)}` : url;
}
