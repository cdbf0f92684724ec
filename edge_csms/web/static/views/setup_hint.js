// Reminds administrators of a set-up that was left before its end.

import { t } from "../lib/i18n.js";
import { html, useEffect } from "../lib/preact.js";
import { go, route } from "../lib/router.js";
import { may } from "../lib/session.js";
import { loadSetup, setup } from "../lib/setup.js";
import { useStore } from "../lib/store.js";

export function SetupHint() {
  const step = useStore(setup);
  const { segments } = useStore(route);
  useEffect(() => {
    loadSetup().catch(() => {}); // the live connection says what is wrong
  }, []);
  if (!may("admin") || step === null || step === "done" || segments[0] === "setup") return null;
  return html`<p class="banner" role="status">${t("setup.unfinished")} <button type="button" class="small" onClick=${() => go(["setup"])}>${t("setup.continue")}</button></p>`;
}
