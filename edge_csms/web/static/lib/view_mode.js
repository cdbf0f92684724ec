// Whether somebody wants to see everything, or only what every day needs; remembered in this browser.

import { createStore } from "./store.js";

const KEY = "edge-csms.view";

export const advanced = createStore(localStorage.getItem(KEY) !== "basic");

export function setAdvanced(on) {
  localStorage.setItem(KEY, on ? "advanced" : "basic");
  advanced.set(on);
}
