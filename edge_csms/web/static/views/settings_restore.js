// The way back to a backup: verified first, then asked for, then waited for, since the server is away meanwhile.

import { Dialog, ErrorNote, Field, Form, PasswordAgain } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";

const LOOK_EVERY_MS = 250;
const AWAY_AT_MOST_MS = 10 * 60_000; // a large site takes its time

export function RestoreDialog({ backup, onClose }) {
  const path = v1("backups", backup.name);
  const { data, error, reload } = useResource(path);
  const [fields, setFields] = useState({ recovery_code: "", password: "" });
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction(async () => {
    const before = await currentRun();
    await post(`${path}/restore`, { password: fields.password, recovery_code: fields.recovery_code.trim() || null });
    await restarted(before);
    location.reload(); // as whoever the site of that day knows
  });
  return html`
    <${Dialog} title=${t("backup.restore_title", { at: moment(backup.made_at) })} onClose=${action.busy ? undefined : onClose}>
      <${ErrorNote} error=${error} retry=${reload} />
      ${!data && !error && html`<p aria-busy="true">${t("backup.verifying")}</p>`}
      ${data &&
      html`<${Form} action=${action} submit=${t("backup.restore_submit")} danger onCancel=${onClose}>
        <p>${t("backup.restore_text")}</p>
        ${data.needs_recovery_code &&
        html`<${Field} label=${t("backup.code")} help=${t("backup.restore_code_help")} autocomplete="off" spellcheck=${false} value=${fields.recovery_code} onValue=${set("recovery_code")} />`}
        <${PasswordAgain} action=${action} value=${fields.password} onValue=${set("password")} />
        ${action.busy && html`<p role="status">${t("backup.restoring")}</p>`}
      <//>`}
    <//>
  `;
}

// Tells one start of the server from another; null while it is away.
const currentRun = () => fetch("/healthz", { cache: "no-store" }).then((answer) => answer.json(), () => null).then((health) => health?.run ?? null);

async function restarted(before) {
  const until = Date.now() + AWAY_AT_MOST_MS;
  while (Date.now() < until) {
    const run = await currentRun();
    if (run !== null && run !== before) return;
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}
