// The tags that a charger lets charge while it is offline, kept in step with the site's.

import { Checkbox, ErrorNote, Facts, Loading, Section } from "../components/ui.js";
import { get, post, put, v1 } from "../lib/api.js";
import { moment, number } from "../lib/format.js";
import { said, t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { useAction, useChanged, useResource } from "../lib/resource.js";
import { may } from "../lib/session.js";

export function LocalList({ item }) {
  const path = v1("charge-points", item.charge_point_id, "local-list");
  const { data, error, reload, setData } = useResource(path);
  useChanged("local_list", item.charge_point_id, reload);
  const action = useAction(async (ask) => setData(await ask()));
  const technician = may("technician");
  const button = (text, ask) => html`<button type="button" class="small secondary" disabled=${!item.online || !data} aria-busy=${action.busy} onClick=${() => action.run(ask)}>${text}</button>`;
  const buttons = html`${button(t("local_list.ask"), () => get(path, { refresh: true }))} ${button(t("local_list.send"), () => post(path))}`;
  return html`
    <${Section} id="local-list" title=${t("local_list.title")} actions=${technician && buttons}>
      <${ErrorNote} error=${action.error ?? error} retry=${error && reload} />
      ${data
        ? html`
            ${data.offline.map((words) => html`<p key=${words}>${said(words)}</p>`)}
            ${technician && html`<${Checkbox} label=${t("local_list.enabled")} checked=${data.enabled} onValue=${(enabled) => action.run(() => put(path, { enabled }))} />`}
            <${Facts} rows=${[
              [t("local_list.state"), t(data.supported === false ? "local_list.unsupported" : data.in_step ? "local_list.in_step" : "local_list.out_of_step", { count: data.changes.length })],
              [t("local_list.entries"), data.entries === null ? t("local_list.unknown") : number(data.entries.filter((entry) => entry.may_charge).length)],
              [t("local_list.version"), data.version_read === null ? null : `${data.version_read} (${moment(data.read_at)})`],
              [t("local_list.outcome"), said(data.outcome) || null],
              ...(data.left_out ? [[t("local_list.left_out"), number(data.left_out)]] : []),
            ]} />
          `
        : error === null && html`<${Loading} />`}
    <//>
  `;
}
