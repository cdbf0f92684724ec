// Configuration templates: what the settings of makes and models shall be.

import { Checkbox, Confirm, Dialog, Field, Form, Heading, Icon, Listing } from "../components/ui.js";
import { patch, post, remove, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { may } from "../lib/session.js";

export function TemplatesView() {
  const pages = usePages(v1("configuration-templates"));
  const [edited, setEdited] = useState(null); // a template, or {} for a new one
  const [removed, setRemoved] = useState(null);
  const technician = may("technician");
  const columns = [
    { label: t("template.name"), cell: ({ name }) => html`<span class="foreign">${name}</span>` },
    { label: t("charge_points.make"), cell: ({ vendor, model }) => html`<span class="foreign">${vendor} ${model}</span>` },
    { label: t("template.settings"), cell: ({ settings }) => html`<code class="foreign">${lines(settings)}</code>` },
    { label: t("template.when"), cell: ({ automatic }) => t(automatic ? "template.automatic" : "template.on_demand") },
    ...(technician
      ? [
          {
            label: t("actions"),
            cell: (one) => html`<div class="buttons">
              <button type="button" class="small secondary" aria-label=${t("configuration.edit_label", { key: one.name })} onClick=${() => setEdited(one)}>${t("edit")}</button>
              <button type="button" class="small danger" aria-label=${t("users.remove_title", { username: one.name })} onClick=${() => setRemoved(one)}>${t("delete")}</button>
            </div>`,
          },
        ]
      : []),
  ];
  return html`
    <${Heading} title=${t("template.title")}>
      ${technician && html`<button type="button" onClick=${() => setEdited({})}><${Icon} name="add" /> ${t("template.add")}</button>`}
    <//>
    <p class="quiet">${t("template.help")}</p>
    <${Listing} pages=${pages} caption=${t("template.title")} columns=${columns} keyOf=${({ template_id }) => template_id} empty=${t("template.none")} />
    ${edited && html`<${TemplateDialog} template=${edited} onSaved=${pages.reload} onClose=${() => setEdited(null)} />`}
    ${removed &&
    html`<${Confirm} title=${t("users.remove_title", { username: removed.name })} submit=${t("delete")} onClose=${() => setRemoved(null)}
      onConfirm=${async () => {
        await remove(v1("configuration-templates", String(removed.template_id)));
        pages.reload();
      }}>
      <p>${t("template.remove_text")}</p>
    <//>`}
  `;
}

const lines = (settings = {}) => Object.entries(settings).map(([key, value]) => `${key}=${value}`).join("\n");

const read = (text) => Object.fromEntries(text.split("\n").filter((line) => line.trim()).map((line) => [line.split("=")[0].trim(), line.slice(line.indexOf("=") + 1).trim()]));

function TemplateDialog({ template, onSaved, onClose }) {
  const [fields, setFields] = useState({ name: template.name ?? "", vendor: template.vendor ?? "*", model: template.model ?? "*", automatic: template.automatic ?? false, settings: lines(template.settings) });
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction(async () => {
    const body = { ...fields, settings: read(fields.settings) };
    if (template.template_id === undefined) await post(v1("configuration-templates"), body);
    else await patch(v1("configuration-templates", String(template.template_id)), body);
    onSaved();
    onClose();
  });
  const field = (name, input) => html`<${Field} label=${t(`template.${name}`)} error=${action.error?.fields?.[name]} value=${fields[name]} onValue=${set(name)} ...${input} />`;
  return html`
    <${Dialog} title=${t("template.add")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose}>
        ${field("name", { required: true })} ${field("vendor", { required: true, help: t("template.pattern") })} ${field("model", { required: true })}
        ${field("settings", { rows: 6, required: true, spellcheck: false, help: t("template.settings.help") })}
        <${Checkbox} label=${t("template.automatic")} checked=${fields.automatic} onValue=${set("automatic")} />
      <//>
    <//>
  `;
}
