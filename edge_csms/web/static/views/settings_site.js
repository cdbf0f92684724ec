// The site: what it is, how every part of it is, and until when its certificates hold.

import { ErrorNote, Facts, Icon, Listing, Section } from "../components/ui.js";
import { download, v1 } from "../lib/api.js";
import { bytes, moment, NOTHING } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { facts, health, isSound, partName, partState } from "../lib/site.js";
import { useStore } from "../lib/store.js";

export function Site() {
  const site = useStore(facts);
  if (!site) return null;
  return html`
    <${Section} id="site" title=${t("settings.site")}>
      <${Facts} rows=${[
        [t("settings.name"), site.name],
        [t("settings.timezone"), site.timezone],
        [t("settings.time"), `${moment(site.time, "exact")}${site.clock_in_doubt ? ` (${t("settings.in_doubt")})` : ""}`],
        [t("settings.version"), site.version],
        [t("settings.ocpp_urls"), (site.ocpp_urls ?? []).join("  ") || NOTHING],
        [t("settings.disk"), site.disk_free_bytes === null ? null : t("settings.disk_free", { free: bytes(site.disk_free_bytes), total: bytes(site.disk_total_bytes) })],
      ]} />
    <//>
  `;
}

// What is wrong stands open; what works is folded away.
export function Health() {
  const parts = useStore(health);
  if (!parts) return null;
  const sound = parts.filter(isSound);
  const unsound = parts.filter((part) => !isSound(part));
  return html`
    <${Section} id="health" title=${t("settings.health")}>
      ${unsound.length > 0 && html`<${Parts} parts=${unsound} tone="tone-wait" />`}
      <details>
        <summary>${t("settings.parts_work", { count: sound.length })}</summary>
        <${Parts} parts=${sound} tone="tone-free" />
      </details>
    <//>
  `;
}

const Parts = ({ parts, tone }) => html`
  <ul class="parts">${parts.map((part) => html`<li key=${part.name} class=${tone}><b>${partName(part.name)}</b> <span class="foreign">${partState(part.state)}</span></li>`)}</ul>
`;

export function Certificates() {
  const pages = usePages(v1("site", "certificates"));
  const root = useAction(() => download(v1("certificates", "ca.pem"), {}, "site-ca.pem"));
  const columns = [
    { label: t("certificate.of"), cell: ({ use }) => word("certificate_use", use) },
    { label: t("certificate.subject"), cell: ({ subject }) => html`<span class="foreign">${subject}</span>` },
    { label: t("certificate.not_after"), cell: ({ not_after }) => moment(not_after) },
  ];
  const button = html`<button type="button" class="small secondary" aria-busy=${root.busy} onClick=${root.run}><${Icon} name="download" /> ${t("certificate.root")}</button>`;
  return html`
    <${Section} id="site-certificates" title=${t("certificate.title")} actions=${button}>
      <${ErrorNote} error=${root.error} />
      <${Listing} pages=${pages} caption=${t("certificate.title")} columns=${columns} keyOf=${(one) => JSON.stringify(one)} empty=${t("certificate.none_yet")} />
    <//>
  `;
}
