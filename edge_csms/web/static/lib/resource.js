// What a view has fetched, with the states that it must show: loading, failed, more to come, and being sent.

import { get } from "./api.js";
import { on } from "./live.js";
import { useCallback, useEffect, useRef, useState } from "./preact.js";

// Fetches one thing: {data, error, loading, reload, setData}.
export function useResource(path, query) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify([path, query]);
  useEffect(() => {
    const abort = new AbortController();
    setState((last) => ({ ...last, error: null, loading: true }));
    get(path, query, { signal: abort.signal }).then(
      (data) => abort.signal.aborted || setState({ data, error: null, loading: false }),
      (error) => abort.signal.aborted || setState((last) => ({ ...last, error, loading: false })),
    );
    return () => abort.abort();
  }, [key, turn]);
  const setData = useCallback((data) => setState((last) => ({ ...last, data })), []);
  return { ...state, setData, reload: () => setTurn(turn + 1) };
}

// Fetches a list page by page: {items, error, loading, more, reload, edit}; `more` is null at its end.
export function usePages(path, query) {
  const [state, setState] = useState({ items: null, next: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify([path, query]);
  const abort = useRef(null);

  const load = (cursor) => {
    abort.current?.abort();
    const mine = (abort.current = new AbortController());
    setState((last) => ({ ...last, error: null, loading: true }));
    get(path, { ...query, cursor }, { signal: mine.signal }).then(
      ({ items, next }) => {
        if (mine.signal.aborted) return;
        setState((last) => ({ items: cursor ? [...last.items, ...items] : items, next, error: null, loading: false }));
      },
      (error) => mine.signal.aborted || setState((last) => ({ ...last, error, loading: false })),
    );
  };
  useEffect(() => {
    load(null);
    return () => abort.current.abort();
  }, [key, turn]);

  const edit = useCallback((change) => setState((last) => ({ ...last, items: last.items && change(last.items) })), []);
  const more = state.next === null ? null : () => load(state.next);
  return { ...state, more, edit, reload: () => setTurn(turn + 1) };
}

// Runs one action at a time: {run, busy, error, result, clear}; what was typed stays where it is when it fails.
export function useAction(action) {
  const [state, setState] = useState({ busy: false, error: null, result: null });
  const alive = useRef(true);
  useEffect(() => () => (alive.current = false), []);
  const run = async (...input) => {
    if (state.busy) return;
    setState({ busy: true, error: null, result: null });
    try {
      const result = await action(...input);
      if (alive.current) setState({ busy: false, error: null, result });
    } catch (error) {
      if (!error.status && error.status !== 0) console.error(error); // a fault of this page
      if (alive.current) setState({ busy: false, error, result: null });
    }
  };
  return { ...state, run, clear: () => setState({ busy: false, error: null, result: null }) };
}

// Listens to the live connection. What comes goes to the listener of the last drawing: an effect of its own for each would still
// hear for a moment what was meant for the next.
export function useEvent(type, listener) {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => on(type, (event) => latest.current(event)), [type]);
}

// Does something again whenever the server tells that such things of a charger have changed.
export const useChanged = (what, chargePointId, run) =>
  useEvent("changed", (event) => event.what === what && event.charge_point_id === chargePointId && run());

// Does something again every so many milliseconds while `wanted`.
export function useEvery(milliseconds, wanted, run) {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!wanted) return undefined;
    const timer = setInterval(() => latest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds, wanted]);
}
