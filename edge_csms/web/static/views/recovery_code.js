// The code that opens the secrets in this site's backups: shown for the password, to be written down or printed.

import { Form, PasswordAgain } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { facts } from "../lib/site.js";
import { useStore } from "../lib/store.js";

export function RecoveryCode({ onCancel }) {
  const [typed, setTyped] = useState("");
  const action = useAction(() => post(v1("recovery-code"), { password: typed }));
  const code = action.result?.code;
  const site = useStore(facts);
  return html`
    <p>${t("backup.code_help")}</p>
    ${code
      ? html`<p class="sheet foreign"><b>${site?.name}</b>: <code>${code}</code> <span class="print-only">${moment(site?.time)}</span></p>
          <div class="buttons"><button type="button" class="secondary" onClick=${() => print()}>${t("backup.code_print")}</button></div>`
      : html`<${Form} action=${action} submit=${t("backup.code_show")} onCancel=${onCancel}>
          <${PasswordAgain} action=${action} why=${t("password.again.secret")} value=${typed} onValue=${setTyped} />
        <//>`}
  `;
}
