// The choice of encryption: none, certificates of the box's own authority, or one that the operator brings along.

import { ErrorNote, Field, Form, Loading, Note } from "../components/ui.js";
import { put, v1 } from "../lib/api.js";
import { said, t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { beginTrial } from "../lib/trial.js";
import { ImportGuide } from "./import_guide.js";
import { saveSettings } from "./settings_configuration.js";

export function EncryptionStep() {
  const settings = useResource(v1("settings"));
  if (settings.data === null) return settings.error ? html`<${ErrorNote} error=${settings.error} retry=${settings.reload} />` : html`<${Loading} />`;
  const items = Object.fromEntries(settings.data.items.map((item) => [item.key, item]));
  const enabled = items["tls.enabled"];
  if (enabled.value) return html`<${Note} tone="good"><p>${t("encryption.is_on")}</p><//>${items["tls.certificate"].value ? null : html`<${ImportGuide} />`}`;
  if (enabled.read_only) return html`<${Note}><p>${said(enabled.reason)}</p><//>`;
  return html`<${Choice} hasCertificate=${Boolean(items["tls.certificate"].value)} />`;
}

function Choice({ hasCertificate }) {
  const [choice, setChoice] = useState("own");
  const option = (name) => html`
    <label class="checkbox"><input type="radio" name="encryption" checked=${choice === name} onChange=${() => setChoice(name)} /> ${t(`encryption_choice.${name}`)}</label>
    <p class="quiet"><small>${t(`encryption_help.${name}`)}</small></p>
  `;
  return html`
    <fieldset><legend>${t("encryption.choice")}</legend>${["own", "brought", "none"].map(option)}</fieldset>
    ${choice === "own" && html`<${TurnOn} /><${ImportGuide} />`}
    ${choice === "brought" && html`<${OwnCertificate} isThere=${hasCertificate} />`}
  `;
}

function TurnOn() {
  const action = useAction(() => saveSettings({ "tls.enabled": true }));
  return html`
    <p>${t("encryption.trial")}</p>
    <${Form} action=${action} submit=${t("encryption.turn_on")} whole />
  `;
}

// Brings a certificate with its key; where TLS is off yet, that is turned on afterwards.
export function OwnCertificate({ isThere }) {
  const [typed, setTyped] = useState({ certificate: "", key: "" });
  const action = useAction(async () => {
    const taken = await put(v1("site", "certificate"), typed);
    beginTrial(taken.trial);
    return taken;
  });
  const pem = (name) => html`
    <${PemField} label=${t(`encryption_pem.${name}`)} name=${name} error=${action.error?.fields?.[name]} value=${typed[name]} onValue=${(value) => setTyped((last) => ({ ...last, [name]: value }))} />
  `;
  return html`
    <${Form} action=${action} submit=${t("encryption.bring")}>${pem("certificate")} ${pem("key")}<//>
    ${action.result?.surprises.map((surprise) => html`<${Note} key=${surprise}><p>${said(surprise)}</p><//>`)}
    ${(isThere || action.result) && html`<${Note} tone="good"><p>${t("encryption.brought")}</p><//><${TurnOn} />`}
  `;
}

// A text to paste, or a file to take it from.
function PemField({ name, value, onValue, ...field }) {
  const take = async (event) => {
    const [file] = event.target.files;
    if (file) onValue(await file.text());
  };
  return html`
    <${Field} ...${field} name=${name} rows="4" spellcheck=${false} autocomplete="off" value=${value} onValue=${onValue} />
    <p><input type="file" aria-label=${t("encryption.file", { what: field.label })} accept=".pem,.crt,.cer,.key" onChange=${take} /></p>
  `;
}
