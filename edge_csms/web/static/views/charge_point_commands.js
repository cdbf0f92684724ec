// The buttons of a charger's page: each asks for what it needs, sends, and explains the answer.

import { Dialog, Explained, Field, Form } from "../components/ui.js";
import { call, COMMANDS } from "../lib/commands.js";
import { has, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";

export function Commands({ item }) {
  const [command, setCommand] = useState(null);
  return html`
    <section aria-labelledby="commands">
      <h2 id="commands">${t("charge_point.commands")}</h2>
      ${!item.online && html`<p class="quiet">${t("commands.offline")}</p>`}
      <div class="buttons">
        ${COMMANDS.map(
          (entry) => html`<button type="button" key=${entry.action} class="secondary" disabled=${!item.online} onClick=${() => setCommand(entry)}>${t(`command.${entry.action}`)}</button>`,
        )}
      </div>
      ${command && html`<${CommandDialog} item=${item} command=${command} onClose=${() => setCommand(null)} />`}
    </section>
  `;
}

function CommandDialog({ item, command, onClose }) {
  const { action: name, fields, confirm } = command;
  const [values, setValues] = useState(() => Object.fromEntries(fields.map((field) => [field.name, choices(field, item)[0]?.[0] ?? ""])));
  const action = useAction(() => call(item.charge_point_id, name, payload(fields, values)));
  const affected = confirm && item.connectors.some((connector) => connector.transaction_id);
  return html`
    <${Dialog} title=${t(`command.${name}`)} onClose=${onClose}>
      <p>${t(`command.${name}.help`)}</p>
      ${affected && html`<p class="note note-attention">${t("commands.interrupts")}</p>`}
      ${action.result && html`<${Explained} action=${name} answer=${action.result} />`}
      <${Form} action=${action} submit=${t(action.result ? "commands.again" : "commands.send")} danger=${confirm} onCancel=${onClose} cancel=${t("close")}>
        ${fields.map(
          (field) => html`
            <${Field} key=${field.name} label=${t(`field.${field.name}`)} value=${values[field.name]} options=${choices(field, item)}
              help=${has(`option.${values[field.name]}.help`) ? t(`option.${values[field.name]}.help`) : undefined}
              onValue=${(value) => setValues({ ...values, [field.name]: value })} />
          `,
        )}
      <//>
    <//>
  `;
}

// [[value, text]]: the charger's connectors, or the words that the operation knows.
function choices(field, item) {
  if (!field.connector) return field.options.map((option) => [option, word("option", option)]);
  const connectors = item.connectors.map(({ connector_id }) => [String(connector_id), t("connector.number", { number: connector_id })]);
  if (field.optional) return [["", t("commands.any_connector")], ...connectors];
  return field.whole ? [["0", t("commands.whole")], ...connectors] : connectors;
}

function payload(fields, values) {
  const given = fields.filter(({ name }) => values[name] !== "");
  return Object.fromEntries(given.map(({ name, connector }) => [name, connector ? Number(values[name]) : values[name]]));
}
