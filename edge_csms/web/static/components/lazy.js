// Views that are fetched when they are first opened, so that the first screen needn't wait for them.

import { send } from "../lib/http.js";
import { t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction, useEvent } from "../lib/resource.js";
import { ErrorNote, Loading } from "./feedback.js";

// Makes a component of `load`, which gives the real one: lazy(async () => (await import("./view.js")).View).
export function lazy(load) {
  let View = null;
  return function Lazy(properties) {
    const [state, setState] = useState("coming");
    useEffect(() => {
      if (View !== null) return;
      load().then(
        (found) => {
          View = found;
          setState("here");
        },
        () => setState("failed"),
      );
    }, []);
    if (View !== null) return html`<${View} ...${properties} />`;
    return state === "failed" ? html`<${NotLoaded} />` : html`<${Loading} />`;
  };
}

// A browser may remember for as long as the page lives that a module did not come, so the page itself begins anew; but only
// once the server is there, else the browser would show a page of its own.
function NotLoaded() {
  const again = useAction(async () => {
    await send("GET", "/healthz");
    location.reload();
  });
  useEvent("snapshot", again.run); // the server is back
  return html`
    <div class="note note-error" role="alert">
      <p>${t("lazy.failed")}</p>
      <${ErrorNote} error=${again.error} />
      <button type="button" class="small secondary" aria-busy=${again.busy} onClick=${again.run}>${t("try_again")}</button>
    </div>
  `;
}
