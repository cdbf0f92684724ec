// A value that components can watch: all state that is shared between views lives in such stores.

import { useEffect, useState } from "./preact.js";

export function createStore(value) {
  const watchers = new Set();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const watcher of [...watchers]) watcher(value);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

// Gives the value of a store and draws the component again whenever it changes.
export function useStore(store) {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    setValue(store.get()); // it may have changed between drawing and watching
    return store.watch(setValue);
  }, [store]);
  return value;
}
