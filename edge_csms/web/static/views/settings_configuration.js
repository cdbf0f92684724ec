// The settings of the server: each with where it comes from, and to change unless the file or the environment sets it.

import { Checkbox, ErrorNote, Facts, Field, Form, Icon, Loading, Section } from "../components/ui.js";
import { patch, v1 } from "../lib/api.js";
import { NOTHING } from "../lib/format.js";
import { said, t, word } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { loadFacts } from "../lib/site.js";
import { beginTrial } from "../lib/trial.js";

export function Configuration() {
  const settings = useResource(v1("settings"));
  return html`
    <${Section} id="configuration" title=${t("server_settings.title")} actions=${may("admin") && html`<a href=${href(["setup"])}>${t("setup.again")}</a>`}>
      <p class="quiet">${t("server_settings.help")}</p>
      <${ErrorNote} error=${settings.error} retry=${settings.reload} />
      ${settings.data === null
        ? settings.error === null && html`<${Loading} />`
        : sectionsOf(settings.data.items).map(([name, items]) => html`<${Group} key=${name} name=${name} items=${items} onSaved=${settings.setData} />`)}
    <//>
  `;
}

function sectionsOf(items) {
  const sections = new Map();
  for (const item of items) {
    const name = item.key.split(".")[0];
    sections.set(name, [...(sections.get(name) ?? []), item]);
  }
  return [...sections];
}

function Group({ name, items, onSaved }) {
  const fixed = items.filter((item) => item.read_only || !may("admin"));
  const free = items.filter((item) => !fixed.includes(item));
  return html`
    <details class="settings">
      <summary>${word("config_section", name)}</summary>
      ${free.length > 0 && html`<${Changeable} items=${free} onSaved=${onSaved} />`}
      ${fixed.length > 0 && html`<${Facts} rows=${fixed.map((item) => [word("config", item.key), html`${shown(item)}<${Reason} item=${item} />`])} />`}
    </details>
  `;
}

const Reason = ({ item }) => item.reason && html`<br /><small><${Icon} name="settings" /> ${said(item.reason)}</small>`;

// What was typed stays where an error comes; only what differs is sent.
function Changeable({ items, onSaved }) {
  const [typed, setTyped] = useState({});
  const changed = Object.fromEntries(items.filter(({ key }) => key in typed).map((item) => [item.key, valueOf(item, typed[item.key])]));
  const action = useAction(async () => {
    const answer = await saveSettings(changed);
    setTyped({});
    onSaved(answer);
  });
  const type = (key, value) => setTyped({ ...typed, [key]: value });
  return html`
    <${Form} action=${action} submit=${t("save")} disabled=${Object.keys(changed).length === 0}>
      ${items.map((item) => html`<${Input} key=${item.key} item=${item} value=${typed[item.key] ?? textOf(item)} error=${action.error?.fields?.[item.key]} onValue=${(value) => type(item.key, value)} />`)}
    <//>
  `;
}

// Sends values and says what became of them; raises errors with the fields named by their keys.
export async function saveSettings(values) {
  const answer = await patch(v1("settings"), { values });
  if (answer.trial?.code) beginTrial(answer.trial);
  else notify(t("server_settings.saved"));
  await loadFacts();
  return answer;
}

export function Input({ item, value, error, onValue }) {
  const help = [t(`config_effect.${item.effect}`), item.source === "default" ? null : word("config_source", item.source)].filter(Boolean).join(" · ");
  const common = { label: word("config", item.key), name: item.key, help, error, value, onValue };
  if (typeof item.default === "boolean") return html`<${Checkbox} label=${common.label} name=${item.key} checked=${value} onValue=${onValue} /><p class="quiet"><small>${help}</small></p>`;
  if (item.choices) return html`<${Field} ...${common} options=${item.choices.map((choice) => [choice, word("config_choice", choice)])} />`;
  if (item.key === "site.timezone") return html`<${Field} ...${common} suggestions=${timeZones()} />`;
  if (item.least === null) return html`<${Field} ...${common} />`;
  return html`<${Field} ...${common} type="number" min=${item.least} max=${item.most} step=${Number.isInteger(item.default) ? 1 : "any"} required />`;
}

export const timeZones = () => Intl.supportedValuesOf("timeZone").map((zone) => [zone, zone]);

const textOf = ({ value }) => (Array.isArray(value) ? value.join(", ") : typeof value === "boolean" ? value : String(value));

function valueOf({ value, least }, typed) {
  if (Array.isArray(value)) return typed.split(",").map((part) => part.trim()).filter(Boolean);
  return least === null ? typed : Number(typed);
}

function shown({ value, choices }) {
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.join(", ") || NOTHING;
  return choices ? word("config_choice", value) : String(value) || NOTHING;
}
