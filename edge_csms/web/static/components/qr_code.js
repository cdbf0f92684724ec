// A text as a QR code, drawn by the server and shown as an image; it is asked for when its fold is opened.

import { draw } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { ErrorNote, Loading } from "./feedback.js";

export function QrCode({ label, text }) {
  const [open, setOpen] = useState(false);
  const action = useAction(() => draw(text));
  useEffect(() => {
    if (open) action.run();
  }, [open, text]);
  return html`
    <details class="qr" open=${open} onToggle=${(event) => setOpen(event.target.open)}>
      <summary>${t("qr.summary", { what: label })}</summary>
      <${ErrorNote} error=${action.error} retry=${action.run} />
      ${action.result ? html`<img src=${action.result} alt=${t("qr.alt", { what: label })} />` : open && !action.error && html`<${Loading} />`}
    </details>
  `;
}
