// The server's time as this page knows it, so that durations are right where this machine's clock is wrong.

import { useEffect, useRef, useState } from "./preact.js";
import { createStore } from "./store.js";

let offset = 0; // milliseconds the server is ahead of us

export function setServerTime(text) {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) offset = time - Date.now();
}

export const serverNow = () => Date.now() + offset;

const now = createStore(serverNow());
setInterval(() => now.set(serverNow()), 1000);

// Gives what `read` makes of the time, and draws the component again when that has changed: hundreds may be on one page.
export function useNow(read) {
  const [, draw] = useState(null);
  const last = useRef(null);
  last.current = { read, value: read(serverNow()) };
  useEffect(() => now.watch((time) => last.current.read(time) !== last.current.value && draw(time)), []);
  return last.current.value;
}
