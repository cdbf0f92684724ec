// The checks of a charger when it was handed over: earlier ones, and the button that begins a new one.

import { Checkbox, Dialog, Field, Form, Icon, Listing, Section, TagField, connectorChoices } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { go, href } from "../lib/router.js";
import { may, session } from "../lib/session.js";

const STEPS = ["boot", "configuration", "meter", "start", "power", "limit", "stop", "unlock", "lost_link"];

export function CommissioningRuns({ item }) {
  const pages = usePages(v1("commissioning-runs"), { charge_point_id: item.charge_point_id, limit: 5 });
  const [asking, setAsking] = useState(false);
  const columns = [
    { label: t("commissioning.at"), cell: (run) => html`<a href=${href(["commissioning", String(run.run_id)])}>${moment(run.started_at)}</a>` },
    { label: t("commissioning.technician"), cell: (run) => html`<span class="foreign">${run.technician}</span>` },
    { label: t("commissioning.state"), cell: (run) => word("run_state", run.state) },
  ];
  const begin = html`<button type="button" class="small" disabled=${!item.online} onClick=${() => setAsking(true)}><${Icon} name="finishing" /> ${t("commissioning.begin")}</button>`;
  return html`
    <${Section} id="commissioning" title=${t("commissioning.title")} actions=${may("technician") && item.registration === "accepted" && begin}>
      <${Listing} pages=${pages} caption=${t("commissioning.title")} columns=${columns} keyOf=${({ run_id }) => run_id} empty=${t("commissioning.none")} />
      ${asking && html`<${BeginDialog} item=${item} onClose=${() => setAsking(false)} />`}
    <//>
  `;
}

function BeginDialog({ item, onClose }) {
  const choices = connectorChoices(item);
  const [fields, setFields] = useState({ connector_id: choices[0]?.[0] ?? "1", id_tag: "", technician: session.get().user.username });
  const [steps, setSteps] = useState(STEPS);
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction(async () => {
    const run = await post(v1("charge-points", item.charge_point_id, "commissioning-runs"), { ...fields, id_tag: fields.id_tag.trim(), connector_id: Number(fields.connector_id), steps });
    go(["commissioning", String(run.run_id)]);
  });
  return html`
    <${Dialog} title=${t("commissioning.begin")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("commissioning.start")} disabled=${steps.length === 0} onCancel=${onClose} whole>
        <p>${t("commissioning.help")}</p>
        ${choices.length > 1 && html`<${Field} label=${t("reservation.connector")} value=${fields.connector_id} onValue=${set("connector_id")} options=${choices} />`}
        <${TagField} help=${t("commissioning.tag_help")} value=${fields.id_tag} onValue=${set("id_tag")} />
        <${Field} label=${t("commissioning.technician")} required maxlength="100" value=${fields.technician} onValue=${set("technician")} />
        <fieldset>
          <legend>${t("commissioning.steps")}</legend>
          ${STEPS.map(
            (name) => html`<div key=${name}><${Checkbox} label=${t(`run_step.${name}`)} checked=${steps.includes(name)} onValue=${(on) => setSteps(STEPS.filter((step) => (step === name ? on : steps.includes(step))))} /></div>`,
          )}
        </fieldset>
      <//>
    <//>
  `;
}
