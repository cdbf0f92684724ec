// What a connector does, as a word, a colour and an icon; a charger's own word for it is shown as it is.

import { word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { Icon } from "./icon.js";

const LOOKS = {
  Available: ["free", "available"],
  Preparing: ["wait", "preparing"],
  Charging: ["busy", "charging"],
  SuspendedEVSE: ["paused", "pause"],
  SuspendedEV: ["paused", "pause"],
  Finishing: ["wait", "finishing"],
  Reserved: ["wait", "reserved"],
  Unavailable: ["off", "unavailable"],
  Faulted: ["fault", "fault"],
  Offline: ["off", "offline"],
  Online: ["free", "available"],
};

// What is to be shown of a connector: a charger that is gone says nothing of its connectors any more.
export const shownStatus = (chargePoint, connector) => (chargePoint.online ? (connector?.status ?? "Unknown") : "Offline");

export const toneOf = (status) => (LOOKS[status] ?? ["unknown"])[0];

export function Status({ status }) {
  const [tone, icon] = LOOKS[status] ?? ["unknown", "unknown"];
  return html`<span class="status tone-${tone}"><${Icon} name=${icon} /> <span class="foreign">${word("status", status)}</span></span>`;
}

export const hasError = (connector) => Boolean(connector.error_code) && connector.error_code !== "NoError";

// The error of a connector in plain words, and what the charger adds to it.
export function ConnectorError({ connector }) {
  if (!hasError(connector)) return null;
  return html`
    <p class="connector-error">
      ${word("connector_error", connector.error_code)}
      ${connector.info && html` <span class="foreign">(${connector.info})</span>`}
    </p>
  `;
}
