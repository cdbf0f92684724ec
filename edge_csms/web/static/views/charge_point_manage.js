// What is ours about a charger: its name, its key, and whether we know it at all.

import { Access, Confirm, Dialog, Field, Form, PasswordAgain, confirmPassword } from "../components/ui.js";
import { patch, remove, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { go } from "../lib/router.js";
import { nameOf } from "../lib/site.js";

const KEY_BYTES = 16; // the standard asks for 16 to 20

export function Manage({ item }) {
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  return html`
    <section aria-labelledby="manage">
      <h2 id="manage">${t("manage.title")}</h2>
      <div class="buttons">
        <button type="button" class="secondary" onClick=${() => setOpen("name")}>${t("manage.rename")}</button>
        <button type="button" class="secondary" onClick=${() => setOpen("access")}>${t("manage.access")}</button>
        <button type="button" class="danger" onClick=${() => setOpen("remove")}>${t("manage.remove")}</button>
      </div>
      ${open === "name" && html`<${NameDialog} item=${item} onClose=${close} />`}
      ${open === "access" && html`<${AccessDialog} item=${item} onClose=${close} />`}
      ${open === "remove" &&
      html`<${Confirm} title=${t("manage.remove_title", { charge_point: nameOf(item) })} submit=${t("manage.remove")} password onClose=${close} onConfirm=${() => removeChargePoint(item)}>
        <p>${t("manage.remove_text")}</p>
      <//>`}
    </section>
  `;
}

async function removeChargePoint(item) {
  await remove(v1("charge-points", item.charge_point_id));
  notify(t("manage.removed", { charge_point: nameOf(item) }));
  go(["charge-points"]);
}

function NameDialog({ item, onClose }) {
  const [name, setName] = useState(item.name ?? "");
  const action = useAction(async () => {
    await patch(v1("charge-points", item.charge_point_id), { name: name.trim() || null });
    onClose();
  });
  return html`
    <${Dialog} title=${t("manage.rename")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose}>
        <${Field} label=${t("manage.name")} help=${t("manage.name_help")} maxlength="100" error=${action.error?.fields?.name} value=${name} onValue=${setName} />
      <//>
    <//>
  `;
}

function AccessDialog({ item, onClose }) {
  const [typed, setTyped] = useState("");
  const action = useAction(async () => {
    await confirmPassword(typed);
    const password = newKey();
    await patch(v1("charge-points", item.charge_point_id), { password });
    return password;
  });
  return html`
    <${Dialog} title=${t("manage.access")} wide onClose=${onClose}>
      <${Access} chargePointId=${item.charge_point_id} password=${action.result} />
      ${action.result === null
        ? html`<${Form} action=${action} submit=${t("manage.new_key")} danger onCancel=${onClose} cancel=${t("close")}><p>${t("manage.new_key_text")}</p><${PasswordAgain} action=${action} value=${typed} onValue=${setTyped} /><//>`
        : html`<div class="buttons"><button type="button" onClick=${onClose}>${t("close")}</button></div>`}
    <//>
  `;
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(KEY_BYTES))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
