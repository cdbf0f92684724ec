// How each system learns to trust the certificates of the site's own authority: downloads, and the steps after them.

import { Icon } from "../components/ui.js";
import { t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";

// The file that each system takes: one certificate, or both of them.
const SYSTEMS = { windows: "root-ecdsa.crt", macos: "root-ecdsa.crt", ios: "root-ecdsa.crt", android: "root-ecdsa.crt", firefox: "root-ecdsa.crt", linux: "ca.pem", charger: "ca.pem" };

export const ImportGuide = () => html`
  <h3>${t("guide.title")}</h3>
  <p>${t("guide.help")}</p>
  ${Object.entries(SYSTEMS).map(
    ([system, file]) => html`
      <details key=${system}>
        <summary>${word("guide_system", system)}</summary>
        <p><a href="/api/v1/certificates/${file}" download><${Icon} name="download" /> ${file}</a></p>
        <ol>${t(`guide_steps.${system}`).split("\n").map((step) => html`<li key=${step}>${step}</li>`)}</ol>
      </details>
    `,
  )}
`;
