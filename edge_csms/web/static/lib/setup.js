// How far the first set-up of the site is: the server remembers it, so that it can be left and continued, on another device too.

import { put, v1 } from "./api.js";
import { send } from "./http.js";
import { createStore } from "./store.js";

export const STEPS = ["administrator", "machine", "site", "encryption", "recovery", "charger"];

export const setup = createStore(null); // the step that comes next, "done" at the end; null until known

// Needs no login: a new site has nobody yet who could.
export async function loadSetup() {
  const { step } = await send("GET", "/api/v1/setup");
  setup.set(step);
}

export async function goToStep(step) {
  await put(v1("setup"), { step });
  setup.set(step);
}
