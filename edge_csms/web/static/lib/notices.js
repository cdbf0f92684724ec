// Short words that something worked, shown for a moment at the edge of the page.

import { createStore } from "./store.js";

const SHOWN_MS = 5000;

export const notices = createStore([]);
let lastId = 0;

export function notify(text) {
  const id = ++lastId;
  notices.set([...notices.get(), { id, text }]);
  setTimeout(() => notices.set(notices.get().filter((notice) => notice.id !== id)), SHOWN_MS);
}
