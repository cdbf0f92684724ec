// Connection attempts of chargers: how far each got, why not further, and what to do about it.

import { get, v1 } from "./api.js";
import { serverNow } from "./clock.js";
import { useEffect, useState } from "./preact.js";
import { createStore } from "./store.js";

// In the order in which a connection is made.
export const STAGES = ["tcp", "tls", "path", "identity", "credential", "subprotocol", "first_frame", "boot", "accepted"];

const FOLLOW_EVERY_MS = 2000;
const RECENT_MS = 15 * 60_000;
const SHOWN = 5;

export const refusedAttempts = createStore([]); // of the last minutes, the newest first

export const isRecent = (attempt) => serverNow() - Date.parse(attempt.last_at) < RECENT_MS;

export async function loadRefusedAttempts() {
  const { items } = await get(v1("connection-attempts"), { limit: 100 });
  refusedAttempts.set(items.filter((attempt) => attempt.outcome === "refused" && isRecent(attempt) && !hasComeSince(attempt, items)).slice(0, SHOWN));
}

// It was let in later: what was wrong is mended.
const hasComeSince = ({ charge_point_id, last_at }, items) => items.some((other) => other.outcome === "connected" && other.charge_point_id === charge_point_id && other.last_at > last_at);

// Follows the latest attempts of one charger while somebody looks: a list, the newest first; null until known.
export function useAttempts(chargePointId) {
  const [items, setItems] = useState(null);
  useEffect(() => {
    const abort = new AbortController();
    const load = () =>
      get(v1("connection-attempts"), { charge_point_id: chargePointId, limit: 20 }, { signal: abort.signal }).then(
        (answer) => abort.signal.aborted || setItems(answer.items),
        () => {}, // the live mark says that the server is away
      );
    load();
    const timer = setInterval(load, FOLLOW_EVERY_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [chargePointId]);
  return items;
}
