// The root certificates that a charger trusts: by which it knows this site, and by which it knows its maker's firmware.

import { Confirm, ErrorNote, Field, Note, Section, Table } from "../components/ui.js";
import { get, post, remove, v1 } from "../lib/api.js";
import { said, t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { may } from "../lib/session.js";

const USES = ["central_system", "manufacturer"];

export function Roots({ item }) {
  const path = v1("charge-points", item.charge_point_id, "root-certificates");
  const [use, setUse] = useState(USES[0]);
  const [removed, setRemoved] = useState(null);
  const ask = useAction(async (of = use) => (await get(path, { use: of })).items); // each time from the charger itself
  const trust = useAction(async () => {
    const answer = await post(path);
    await ask.run(use);
    return answer;
  });
  const choose = (next) => {
    setUse(next);
    ask.clear();
  };
  const technician = may("technician");
  const button = (action, text) => html`<button type="button" class="small secondary" disabled=${!item.online} aria-busy=${action.busy} onClick=${() => action.run()}>${text}</button>`;
  const columns = [
    { label: t("certificate.serial_number"), cell: (root) => html`<code class="foreign">${root.serial_number}</code>` },
    { label: t("certificate.of"), cell: ({ ours }) => t(ours ? "root.ours" : "root.foreign") },
    ...(technician
      ? [{ label: t("actions"), cell: (root) => html`<button type="button" class="small danger" disabled=${!item.online} aria-label="${t("delete")} (${root.serial_number})" onClick=${() => setRemoved(root)}>${t("delete")}</button>` }]
      : []),
  ];
  return html`
    <${Section} id="roots" title=${t("root.title")} actions=${html`${button(ask, t("root.ask"))} ${technician && use === USES[0] && button(trust, t("certificate.trust"))}`}>
      <div class="filters"><${Field} label=${t("root.use")} value=${use} onValue=${choose} options=${USES.map((name) => [name, t(`root_use.${name}`)])} /></div>
      <${ErrorNote} error=${ask.error ?? trust.error} />
      ${trust.result && html`<${Note} tone=${trust.result.status === "Accepted" ? "good" : "attention"}><p class="foreign">${said(trust.result.detail)}</p><//>`}
      ${ask.result === null
        ? html`<p class="quiet">${t(item.online ? "root.unasked" : "commands.offline")}</p>`
        : ask.result.length
          ? html`<${Table} caption=${t("root.title")} columns=${columns} rows=${ask.result} keyOf=${(root) => root.serial_number} />`
          : html`<p class="quiet">${t("root.none")}</p>`}
      ${removed &&
      html`<${Confirm} title=${t("files.delete_title", { name: removed.serial_number })} submit=${t("delete")} password onClose=${() => setRemoved(null)}
        onConfirm=${async () => {
          await remove(`${path}/${encodeURIComponent(removed.serial_number)}`);
          await ask.run();
        }}>
        <p>${t(removed.ours ? "root.delete_ours" : "root.delete_text")}</p>
      <//>`}
    <//>
  `;
}
