// Which view the address names: #/view/segment?filter=value, so that back, reload and sharing a link work.

import { queryString } from "./http.js";
import { createStore } from "./store.js";

function parse(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
  return { segments: path.split("/").filter(Boolean).map(decode), query: Object.fromEntries(new URLSearchParams(query)) };
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // typed by hand
  }
}

export const route = createStore(parse(location.hash));
addEventListener("hashchange", () => route.set(parse(location.hash)));

export const href = (segments, query) => `#/${segments.map(encodeURIComponent).join("/")}${queryString(query)}`;

export function go(segments, query) {
  location.hash = href(segments, query);
}

// Changes the filters of the present view without a step in the history.
export function setQuery(query) {
  history.replaceState(null, "", href(route.get().segments, query));
  route.set(parse(location.hash));
}
