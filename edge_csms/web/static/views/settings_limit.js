// How much the whole site may draw: shown beside its load; nothing holds the chargers to it, and the page says so.

import { Dialog, ErrorNote, Facts, Field, Form, Section } from "../components/ui.js";
import { put, v1 } from "../lib/api.js";
import { kilowatts, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { may } from "../lib/session.js";

export function SiteLimit() {
  const { data, error, reload, setData } = useResource(v1("site", "limit"));
  const [editing, setEditing] = useState(false);
  const button = may("admin") && html`<button type="button" class="small secondary" aria-label=${t("limit.edit")} disabled=${!data} onClick=${() => setEditing(true)}>${t("edit")}</button>`;
  return html`
    <${Section} id="site-limit" title=${t("limit.site")} actions=${button}>
      <p class="quiet">${t("limit.site.help")}</p>
      <${ErrorNote} error=${error} retry=${reload} />
      ${data &&
      html`<${Facts} rows=${[
        [t("limit.fuse"), data.limit_amps && `${number(data.limit_amps, data.limit_amps % 1 ? 1 : 0)} A`],
        [t("limit.agreed"), data.limit_kw && kilowatts(data.limit_kw * 1000)],
        [t("limit.together"), data.power_w && kilowatts(data.power_w)],
      ]} />`}
      ${editing && html`<${LimitDialog} limit=${data} onSaved=${setData} onClose=${() => setEditing(false)} />`}
    <//>
  `;
}

function LimitDialog({ limit, onSaved, onClose }) {
  const [fields, setFields] = useState({ limit_amps: limit.limit_amps?.toString() ?? "", limit_kw: limit.limit_kw?.toString() ?? "" });
  const action = useAction(async () => {
    const given = Object.entries(fields).map(([name, text]) => [name, text === "" ? null : Number(text)]);
    onSaved(await put(v1("site", "limit"), Object.fromEntries(given)));
    onClose();
  });
  const field = (name, label, help) => html`
    <${Field} label=${label} help=${help} type="number" min="0.1" max="10000" step="0.1" error=${action.error?.fields?.[name]} value=${fields[name]}
      onValue=${(value) => setFields({ ...fields, [name]: value })} />
  `;
  return html`
    <${Dialog} title=${t("limit.site")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose}>
        ${field("limit_amps", t("limit.fuse"), t("limit.fuse.help"))} ${field("limit_kw", t("limit.agreed"), t("limit.agreed.help"))}
      <//>
    <//>
  `;
}
