// A value to type somewhere else, with a button that copies it.

import { t } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html } from "../lib/preact.js";
import { Icon } from "./icon.js";

export function Copyable({ label, value }) {
  return html`
    <div class="copyable">
      <span class="label">${label}</span>
      <code>${value}</code>
      <button type="button" class="small secondary" onClick=${() => copy(value)} aria-label=${t("copy_what", { what: label })}>
        <${Icon} name="copy" /> ${t("copy")}
      </button>
    </div>
  `;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyOldStyle(text); // browsers offer the clipboard over HTTPS only
  }
  notify(t("copied"));
}

function copyOldStyle(text) {
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
