// What is wrong with a charger: how far it got, how it deviates, what is done about it, and what it says right now.

import { ErrorNote, Icon, Ladder, MessageList, Section, Table, useMessages } from "../components/ui.js";
import { download, v1 } from "../lib/api.js";
import { useAttempts } from "../lib/attempts.js";
import { moment, number } from "../lib/format.js";
import { said, t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { useStore } from "../lib/store.js";
import { advanced } from "../lib/view_mode.js";
import { Quirks } from "./charge_point_quirks.js";

const LATEST_MESSAGES = 15;

export function Diagnosis({ item }) {
  const whole = useStore(advanced);
  return html`
    <${Connection} id=${item.charge_point_id} />
    <${Findings} item=${item} />
    ${whole && html`<${Quirks} item=${item} />`}
    <${LatestMessages} id=${item.charge_point_id} />
  `;
}

function Connection({ id }) {
  const attempts = useAttempts(id);
  return html`
    <${Section} id="connection" title=${t("charge_point.connection")}>
      ${attempts?.length === 0 && html`<p class="quiet">${t("attempt.none")}</p>`}
      ${attempts?.length > 0 && html`<${Ladder} attempt=${attempts[0]} />`}
    <//>
  `;
}

function Findings({ item: { charge_point_id, findings } }) {
  const mail = useAction(() => download(v1("charge-points", charge_point_id, "findings.txt"), {}, `findings-${charge_point_id}.txt`));
  const title = t("charge_point.findings");
  const button = html`<button type="button" class="small secondary" aria-busy=${mail.busy} onClick=${mail.run}><${Icon} name="download" /> ${t("findings.mail")}</button>`;
  return html`
    <${Section} id="findings" title=${title} actions=${findings.length > 0 && button}>
      <${ErrorNote} error=${mail.error} />
      ${findings.length === 0
        ? html`<p class="quiet">${t("findings.none")}</p>`
        : html`
            <p class="quiet">${t("findings.help")}</p>
            <${Table} caption=${title} columns=${FINDING_COLUMNS()} rows=${findings} keyOf=${(finding) => `${finding.code} ${finding.field}`} />
          `}
    <//>
  `;
}

const FINDING_COLUMNS = () => [
  { label: t("findings.field"), cell: (finding) => html`<code class="foreign">${finding.field || finding.code}</code>` },
  { label: t("findings.explanation"), cell: (finding) => html`<span class="foreign">${said(finding.explanation)}</span>` },
  { label: t("findings.example"), cell: (finding) => html`<code class="foreign">${finding.example}</code>` },
  { label: t("findings.count"), cell: (finding) => number(finding.count), numeric: true },
  { label: t("findings.last_seen"), cell: (finding) => moment(finding.last_seen) },
];

function LatestMessages({ id }) {
  const { items, error } = useMessages(id);
  return html`
    <${Section} id="latest-messages" title=${t("charge_point.messages")}>
      <${ErrorNote} error=${error} />
      ${items.length === 0 && error === null ? html`<p class="quiet">${t("charge_point.no_messages")}</p>` : html`<${MessageList} items=${items.slice(0, LATEST_MESSAGES)} />`}
      <p><a href=${href(["messages"], { charge_point_id: id })}>${t("charge_point.all_messages")}</a></p>
    <//>
  `;
}
