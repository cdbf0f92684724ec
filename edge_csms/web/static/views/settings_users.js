// The people and programs that may log in: for administrators.

import { Checkbox, Confirm, Dialog, ErrorNote, Field, Form, Icon, Loading, More, Table } from "../components/ui.js";
import { patch, post, remove, v1 } from "../lib/api.js";
import { moment, NOTHING } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { session } from "../lib/session.js";

const ROLES = ["viewer", "technician", "admin"];

export function Users() {
  const pages = usePages(v1("users"));
  const [edited, setEdited] = useState(null); // a user, or {} for a new one
  const [removed, setRemoved] = useState(null);
  return html`
    <section aria-labelledby="users">
      <div class="heading">
        <h2 id="users">${t("users.title")}</h2>
        <div class="buttons"><button type="button" class="small" onClick=${() => setEdited({})}><${Icon} name="add" /> ${t("users.add")}</button></div>
      </div>
      <${ErrorNote} error=${pages.error} retry=${pages.reload} />
      ${pages.items === null
        ? pages.error === null && html`<${Loading} />`
        : html`<${Table} caption=${t("users.title")} columns=${columns(setEdited, setRemoved)} rows=${pages.items} keyOf=${({ username }) => username} />`}
      <${More} pages=${pages} />
      ${edited && html`<${UserDialog} user=${edited} onSaved=${pages.reload} onClose=${() => setEdited(null)} />`}
      ${removed &&
      html`<${Confirm} title=${t("users.remove_title", removed)} submit=${t("delete")} password onClose=${() => setRemoved(null)}
        onConfirm=${async () => {
          await remove(v1("users", removed.username));
          pages.reload();
        }}>
        <p>${t("users.remove_text")}</p>
      <//>`}
    </section>
  `;
}

const columns = (onEdit, onRemove) => [
  { label: t("user.username"), cell: (user) => html`<span class="foreign">${user.username}</span>` },
  { label: t("user.role"), cell: (user) => word("role", user.role) },
  { label: t("user.active"), cell: (user) => (user.active ? t("user.is_active") : html`<span class="status tone-wait"><${Icon} name="preparing" /> ${t("user.is_waiting")}</span>`) },
  { label: t("user.last_login"), cell: ({ last_login }) => (last_login ? moment(last_login) : NOTHING) },
  {
    label: t("actions"),
    cell: (user) => html`
      <div class="buttons">
        <button type="button" class="small secondary" aria-label=${t("users.edit_label", user)} onClick=${() => onEdit(user)}>${t("edit")}</button>
        ${user.username !== session.get().user.username &&
        html`<button type="button" class="small danger" aria-label=${t("users.remove_label", user)} onClick=${() => onRemove(user)}>${t("delete")}</button>`}
      </div>
    `,
  },
];

function UserDialog({ user, onSaved, onClose }) {
  const isNew = user.username === undefined;
  const [fields, setFields] = useState({ username: user.username ?? "", role: user.role ?? "viewer", active: user.active ?? true, password: "" });
  const action = useAction(async () => {
    const { username, role, active, password } = fields;
    if (isNew) await post(v1("users"), { username: username.trim(), role, password });
    else await patch(v1("users", user.username), { role, active, ...(password && { password }) });
    onSaved();
    notify(t("users.saved", { username }));
    onClose();
  });
  const field = (name, input) => html`
    <${Field} label=${t(`user.${name}`)} name=${name} error=${action.error?.fields?.[name]} value=${fields[name]} onValue=${(value) => setFields({ ...fields, [name]: value })} ...${input} />
  `;
  return html`
    <${Dialog} title=${isNew ? t("users.add") : user.username} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose}>
        ${isNew && field("username", { required: true, autocomplete: "off", autocapitalize: "none", spellcheck: false })}
        ${field("role", { options: ROLES.map((role) => [role, word("role", role)]), help: t(`role.${fields.role}.help`) })}
        ${field("password", { type: "password", required: isNew, autocomplete: "new-password", help: isNew ? undefined : t("user.password.help") })}
        ${!isNew && html`<${Checkbox} label=${t("user.may_log_in")} checked=${fields.active} onValue=${(active) => setFields({ ...fields, active })} />`}
      <//>
    <//>
  `;
}
