// What a firmware image needs to be told of, and what a roll-out does.

import { Checkbox, Dialog, Field, Form, PasswordAgain, confirmPassword } from "../components/ui.js";
import { patch, post, upload, v1 } from "../lib/api.js";
import { bytes } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";

const TEXTS = ["version", "note", "signing_certificate", "signature"];

// A new image, or what is said about one that is here.
export function ImageDialog({ image, onDone, onClose }) {
  const [fields, setFields] = useState(Object.fromEntries(TEXTS.map((name) => [name, image?.[name] ?? ""])));
  const [file, setFile] = useState(null);
  const action = useAction(async () => {
    const said = Object.fromEntries(TEXTS.map((name) => [name, fields[name].trim()]));
    if (image) await patch(v1("firmware-images", String(image.image_id)), { ...said, version: said.version || null, signing_certificate: said.signing_certificate || null, signature: said.signature || null });
    else await upload(v1("firmware-images"), { name: file.name, ...said }, file);
    onDone();
    onClose();
  });
  const field = (name, input) => html`
    <${Field} label=${t(`firmware.${name}`)} error=${action.error?.fields?.[name]} value=${fields[name]} onValue=${(value) => setFields({ ...fields, [name]: value })} ...${input} />
  `;
  return html`
    <${Dialog} title=${image?.name ?? t("firmware.add")} onClose=${onClose}>
      <${Form} action=${action} submit=${t(image ? "save" : "firmware.upload")} onCancel=${onClose} disabled=${!image && !file} whole>
        ${!image && html`<div class="field"><label>${t("firmware.file")} <input type="file" onChange=${(event) => setFile(event.target.files[0] ?? null)} /></label></div>`}
        ${field("version", { maxlength: 50 })} ${field("note", { maxlength: 500, help: t("firmware.note.help") })}
        <details>
          <summary>${t("firmware.signature")}</summary>
          <p class="quiet">${t("firmware.signature.help")}</p>
          ${field("signing_certificate", { rows: 3, spellcheck: false })} ${field("signature", { rows: 3, spellcheck: false })}
        </details>
      <//>
    <//>
  `;
}

export function RolloutDialog({ images, onBegun, onClose }) {
  const items = [...(useStore(chargePoints)?.values() ?? [])].filter(({ registration }) => registration === "accepted").sort(byName);
  const [fields, setFields] = useState({ image: String(images[0].image_id), force: false, password: "" });
  const [chosen, setChosen] = useState([]);
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const toggle = (id) => (on) => setChosen(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  const action = useAction(async () => {
    await confirmPassword(fields.password);
    const inOrder = items.map(({ charge_point_id }) => charge_point_id).filter((id) => chosen.includes(id));
    await post(v1("firmware-rollouts"), { image_id: Number(fields.image), charge_point_ids: inOrder, force: fields.force });
    onBegun();
    onClose();
  });
  const make = (item) => [nameOf(item), [item.vendor, item.model, item.firmware_version].filter(Boolean).join(" ")].filter(Boolean).join(" – ");
  return html`
    <${Dialog} title=${t("rollout.begin")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("rollout.submit", { count: chosen.length })} danger disabled=${chosen.length === 0} onCancel=${onClose} whole>
        <p>${t("firmware.help")}</p>
        <${Field} label=${t("firmware.image")} value=${fields.image} onValue=${set("image")} options=${images.map((image) => [String(image.image_id), `${image.name} ${image.version ?? ""} (${bytes(image.size_bytes)})`])} />
        <fieldset class="choices">
          <legend>${t("nav.charge-points")}</legend>
          ${items.map((item) => html`<div key=${item.charge_point_id}><${Checkbox} label=${make(item)} checked=${chosen.includes(item.charge_point_id)} onValue=${toggle(item.charge_point_id)} /></div>`)}
        </fieldset>
        <${Checkbox} label=${t("firmware.force")} checked=${fields.force} onValue=${set("force")} />
        <${PasswordAgain} action=${action} value=${fields.password} onValue=${set("password")} />
      <//>
    <//>
  `;
}
