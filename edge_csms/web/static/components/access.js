// What an installer types into a charger: address, identity and key, each to copy.

import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { facts } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { Copyable } from "./copy.js";
import { Note } from "./feedback.js";
import { QrCode } from "./qr_code.js";

const urlOf = (base, chargePointId) => `${base.replace(/\/$/, "")}/${encodeURIComponent(chargePointId)}`;

// The page was opened on the box itself, by an address that leads nowhere from a charger.
const isLoopback = (bases) => bases.some((base) => /^wss?:\/\/(localhost|127\.|\[::1\])/.test(base));

// password: the key that was just made and is shown this once; undefined where none was made.
export function Access({ chargePointId, password }) {
  const bases = useStore(facts)?.ocpp_urls ?? [];
  return html`
    <div class="access">
      ${bases.map((base) => html`<${Typed} key=${base} label=${t("access.url")} text=${urlOf(base, chargePointId)} />`)}
      ${isLoopback(bases) && html`<${Note}><p>${t("access.loopback")}</p><//>`}
      <p class="quiet">${t("access.url_help")}</p>
      <${Copyable} label=${t("access.identity")} value=${chargePointId} />
      ${password && html`<${Typed} label=${t("access.key")} text=${password} /><${Note} tone="attention"><p>${t("access.key_once")}</p><//>`}
    </div>
  `;
}

const Typed = ({ label, text }) => html`<${Copyable} label=${label} value=${text} /><${QrCode} label=${label} text=${text} />`;
