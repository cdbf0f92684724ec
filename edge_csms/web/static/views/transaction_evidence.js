// What proves a transaction: its Start and Stop to the letter, the frames that are still kept, and signed meter values.

import { ErrorNote, Icon, Loading, MessageList, Section } from "../components/ui.js";
import { download, save, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useEffect } from "../lib/preact.js";
import { useAction, usePages, useResource } from "../lib/resource.js";

export function Evidence({ id, state }) {
  const path = v1("transactions", id);
  const { data, error, reload } = useResource(`${path}/evidence`);
  useEffect(reload, [state]); // its end brings the Stop
  const signed = usePages(`${path}/signed-values`, { limit: 1 });
  const xml = useAction(() => download(`${path}/signed-values.xml`, {}, `transaction-${id}.xml`));
  const saveAll = () => save(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }), `transaction-${id}.json`);
  const buttons = html`
    ${data && html`<button type="button" class="small secondary" onClick=${saveAll}><${Icon} name="download" /> ${t("evidence.save")}</button>`}
    ${signed.items?.length > 0 && html`<button type="button" class="small secondary" aria-busy=${xml.busy} onClick=${xml.run}><${Icon} name="download" /> ${t("evidence.signed")}</button>`}
  `;
  return html`
    <div class="screen-only">
      <${Section} id="evidence" title=${t("evidence.title")} actions=${buttons}>
        <${ErrorNote} error=${error ?? xml.error} retry=${error && reload} />
        ${data
          ? html`
              <${Payload} title=${t("evidence.start")} text=${data.start_payload} />
              <${Payload} title=${t("evidence.stop")} text=${data.stop_payload} />
              ${data.messages.length ? html`<h3>${t("evidence.frames")}</h3><${MessageList} items=${data.messages} asSent />` : html`<p class="quiet">${t("evidence.no_frames")}</p>`}
            `
          : error === null && html`<${Loading} />`}
      <//>
    </div>
  `;
}

const Payload = ({ title, text }) => text && html`<h3>${title}</h3><pre class="foreign file" tabindex="0">${text}</pre>`;
