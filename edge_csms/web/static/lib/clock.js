// The server's time as this page knows it, so that durations are right where this machine's clock is wrong.

import { createStore, useStore } from "./store.js";

let offset = 0; // milliseconds the server is ahead of us

export function setServerTime(text) {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) offset = time - Date.now();
}

export const serverNow = () => Date.now() + offset;

const now = createStore(serverNow());
setInterval(() => now.set(serverNow()), 1000);

// Gives the time and draws the component again every second.
export const useNow = () => useStore(now);
