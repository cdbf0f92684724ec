// How a charger is treated otherwise than the rule says, why, and a technician's own switches.

import { Dialog, ErrorNote, Field, Form, Section, Table } from "../components/ui.js";
import { put, remove, v1 } from "../lib/api.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { may } from "../lib/session.js";
import { keepChargePoint } from "../lib/site.js";

export function Quirks({ item }) {
  const [editing, setEditing] = useState(false);
  const [path] = useState(v1("charge-points", item.charge_point_id, "quirks"));
  const reset = useAction(async (name) => keepChargePoint(await remove(`${path}/${name}`)));
  const technician = may("technician");
  const title = t("quirks.title");
  const columns = [
    { label: t("quirks.switch"), cell: (quirk) => html`<code class="foreign">${quirk.switch}</code>` },
    { label: t("quirks.value"), cell: ({ value }) => html`<span class="foreign">${word("quirk_value", value)}</span>` },
    { label: t("quirks.reason"), cell: ({ reason }) => html`<span class="foreign">${said(reason)}</span>` },
    { label: t("quirks.by"), cell: ({ by }) => word("quirk_by", by) },
    ...(technician
      ? [{ label: t("actions"), cell: (quirk) => (quirk.by === "technician" ? html`<button type="button" class="small secondary" aria-label=${t("quirks.reset_label", quirk)} onClick=${() => reset.run(quirk.switch)}>${t("quirks.reset")}</button>` : "") }]
      : []),
  ];
  return html`
    <${Section} id="quirks" title=${title} actions=${technician && html`<button type="button" class="small secondary" onClick=${() => setEditing(true)}>${t("quirks.set")}</button>`}>
      <${ErrorNote} error=${reset.error} />
      ${item.quirks.length === 0
        ? html`<p class="quiet">${t("quirks.none")}</p>`
        : html`<${Table} caption=${title} columns=${columns} rows=${item.quirks} keyOf=${(quirk) => `${quirk.switch} ${quirk.by} ${quirk.value}`} />`}
      ${editing && html`<${SwitchDialog} path=${path} onClose=${() => setEditing(false)} />`}
    <//>
  `;
}

function SwitchDialog({ path, onClose }) {
  const { data, error } = useResource(v1("quirks"));
  const [name, setName] = useState(null);
  const [typed, setTyped] = useState(null);
  const chosen = data?.switches.find((entry) => entry.switch === name) ?? data?.switches[0];
  const choices = chosen?.choices.map((choice) => [String(choice), word("quirk_value", choice)]) ?? [];
  const value = typed ?? choices[0]?.[0] ?? "";
  const action = useAction(async () => {
    const choice = chosen.choices.find((one) => String(one) === value);
    keepChargePoint(await put(`${path}/${chosen.switch}`, { value: choice ?? Number(value) }));
    onClose();
  });
  const choose = (next) => {
    setName(next);
    setTyped(null);
  };
  return html`
    <${Dialog} title=${t("quirks.set")} onClose=${onClose}>
      <${ErrorNote} error=${error} />
      ${chosen &&
      html`<${Form} action=${action} submit=${t("save")} onCancel=${onClose} whole>
        <p class="quiet">${t("quirks.help")}</p>
        <${Field} label=${t("quirks.switch")} value=${chosen.switch} onValue=${choose} options=${data.switches.map((entry) => [entry.switch, entry.switch])} help=${said(chosen.meaning)} />
        ${choices.length
          ? html`<${Field} key="choice" label=${t("quirks.value")} value=${value} onValue=${setTyped} options=${choices} />`
          : html`<${Field} key="number" label=${t("quirks.value")} type="number" step="any" required value=${value} onValue=${setTyped} />`}
      <//>`}
    <//>
  `;
}
