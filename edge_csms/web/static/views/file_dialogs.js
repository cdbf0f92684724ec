// What a firmware update needs to know, and what diagnostics and logs do.

import { Checkbox, Dialog, Field, Form, PasswordAgain, confirmPassword } from "../components/ui.js";
import { post, upload, v1 } from "../lib/api.js";
import { bytes } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { fromLocal } from "../lib/zone.js";

const [NEW, ELSEWHERE] = ["new", "elsewhere"];

export function FirmwareDialog({ item, onClose }) {
  const images = usePages(v1("firmware-images"), { limit: 100 });
  const [fields, setFields] = useState({ image: null, location: "", version: "", retrieve_at: "", force: false, password: "" });
  const [file, setFile] = useState(null);
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const choices = [...(images.items ?? []).map((image) => [String(image.image_id), `${image.name} ${image.version ?? ""} (${bytes(image.size_bytes)})`]), [NEW, t("firmware.new")], [ELSEWHERE, t("firmware.elsewhere")]];
  const chosen = fields.image ?? choices[0][0];
  const charging = item.connectors.some(({ transaction_id }) => transaction_id);
  const action = useAction(async () => {
    await confirmPassword(fields.password);
    const order = { retrieve_at: fromLocal(fields.retrieve_at), force: fields.force };
    if (chosen === ELSEWHERE) order.location = fields.location.trim();
    else order.image_id = chosen === NEW ? await uploaded() : Number(chosen);
    await post(v1("charge-points", item.charge_point_id, "firmware-update"), order);
    notify(t("firmware.asked"));
    onClose();
  });
  const uploaded = async () => {
    const image = await upload(v1("firmware-images"), { name: file.name, version: fields.version.trim() }, file);
    images.reload();
    setFields((now) => ({ ...now, image: String(image.image_id) })); // a second try takes what is there already
    return image.image_id;
  };
  return html`
    <${Dialog} title=${t("files.update")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("firmware.submit")} danger onCancel=${onClose} disabled=${chosen === NEW && !file} whole>
        <p>${t("firmware.help")}</p>
        <${Field} label=${t("firmware.image")} value=${chosen} onValue=${set("image")} options=${choices} />
        ${chosen === NEW &&
        html`
          <div class="field"><label>${t("firmware.file")} <input type="file" onChange=${(event) => setFile(event.target.files[0] ?? null)} /></label></div>
          <${Field} label=${t("firmware.version")} value=${fields.version} onValue=${set("version")} />
        `}
        ${chosen === ELSEWHERE && html`<${Field} label=${t("firmware.location")} help=${t("firmware.location.help")} type="url" required placeholder="https://" value=${fields.location} onValue=${set("location")} />`}
        <${Field} label=${t("firmware.at")} help=${t("firmware.at.help")} type="datetime-local" value=${fields.retrieve_at} onValue=${set("retrieve_at")} />
        ${charging && html`<${Checkbox} label=${t("firmware.force")} checked=${fields.force} onValue=${set("force")} />`}
        <${PasswordAgain} action=${action} value=${fields.password} onValue=${set("password")} />
      <//>
    <//>
  `;
}

export function LogDialog({ item, onClose }) {
  const [fields, setFields] = useState({ kind: "diagnostics", from: "", to: "" });
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction(async () => {
    const { kind, from, to } = fields;
    const span = { from: fromLocal(from), to: fromLocal(to) };
    if (kind === "diagnostics") await post(v1("charge-points", item.charge_point_id, "diagnostics"), span);
    else await post(v1("charge-points", item.charge_point_id, "logs"), { ...span, log_type: kind === "log_security" ? "security" : "diagnostics" });
    onClose();
  });
  return html`
    <${Dialog} title=${t("files.ask")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("files.ask")} onCancel=${onClose} whole>
        <p>${t("files.ask.help")}</p>
        <${Field} label=${t("files.what")} value=${fields.kind} onValue=${set("kind")} options=${["diagnostics", "log_security", "log_diagnostics"].map((kind) => [kind, t(`file_kind.${kind}`)])} />
        <${Field} label=${t("files.from")} help=${t("files.from.help")} type="datetime-local" value=${fields.from} onValue=${set("from")} />
        <${Field} label=${t("files.to")} type="datetime-local" value=${fields.to} onValue=${set("to")} />
      <//>
    <//>
  `;
}
