// Updates of the server: a release file is brought, checked and applied when nobody charges; what came of the last one.

import { Checkbox, Confirm, Copyable, Dialog, ErrorNote, Facts, Field, Form, Note, Section } from "../components/ui.js";
import { post, remove, upload, v1 } from "../lib/api.js";
import { bytes, moment } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useEvery, useResource } from "../lib/resource.js";

const LOOK_EVERY_MS = 2000;

export function Update() {
  const { data, error, reload } = useResource(v1("update"));
  const [open, setOpen] = useState(null);
  const asked = data?.waiting ?? data?.requested ?? data?.progress;
  const isUnderWay = Boolean(asked || data?.on_probation);
  useEvery(LOOK_EVERY_MS, isUnderWay, reload);
  const button = (text, Kind, tone = "secondary") => html`<button type="button" class="small ${tone}" onClick=${() => setOpen({ Kind })}>${text}</button>`;
  const actions = data?.can_update && [
    !asked && button(t("update.bring"), BringDialog),
    !asked && data.release && button(t("update.apply"), ApplyDialog, ""),
    (asked || data.release) && !data.progress && button(t("update.withdraw"), WithdrawDialog, "danger"),
  ];
  return html`
    <${Section} id="update" title=${t("update.title")} actions=${actions}>
      <p class="quiet">${t("update.help")}</p>
      ${!isUnderWay && html`<${ErrorNote} error=${error} retry=${reload} />`}
      ${data && html`<${State} update=${data} /><${Result} result=${data.result} />`}
      ${open && html`<${open.Kind} update=${data} onDone=${reload} onClose=${() => setOpen(null)} />`}
    <//>
  `;
}

function State({ update }) {
  const { version, can_update, on_probation, release, waiting, requested, progress, charging } = update;
  const state = progress
    ? word("update_step", progress.step)
    : requested
      ? t("update.requested")
      : waiting
        ? t("update.waiting", { charge_points: charging.join(", ") })
        : null;
  return html`
    <${Facts} rows=${[
      [t("settings.version"), version],
      ...(release ? [[t("update.release"), t("update.release_is", { version: release.version, size: bytes(release.size_bytes), at: moment(release.brought_at) })]] : []),
      ...(state ? [[t("update.state"), state]] : []),
    ]} />
    ${!can_update && html`<p class="quiet">${t("update.not_here")}</p>`}
    ${on_probation && html`<${Note}><p>${t("update.on_probation")}</p><//>`}
    ${release?.changes_database && html`<p class="quiet">${t("update.changes_database")}</p>`}
  `;
}

function Result({ result }) {
  if (!result) return null;
  const missing = result.missing_charge_points.join(", ");
  return html`
    <${Note} tone=${result.outcome === "updated" ? "good" : "attention"}>
      <p>${t(`update_outcome.${result.outcome}`, { from: result.from_version, to: result.to_version, at: moment(result.at) })}</p>
      ${result.code && html`<p>${word("update_reason", result.code)}</p><p class="detail foreign">${result.words}</p>`}
      ${missing && html`<p>${t("update.missing", { charge_points: missing })}</p>`}
    <//>
  `;
}

function BringDialog({ onDone, onClose }) {
  const media = useResource(v1("update", "media")).data?.items ?? [];
  const [path, setPath] = useState("");
  const [file, setFile] = useState(null);
  const action = useAction(async () => {
    if (path) await post(v1("update", "media"), { path });
    else await upload(v1("update"), {}, file);
    onDone();
    onClose();
  });
  const choices = [["", t("update.from_here")], ...media.map((one) => [one.path, `${one.path} (${bytes(one.size_bytes)})`])];
  return html`
    <${Dialog} title=${t("update.bring")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("update.bring")} disabled=${!path && !file} onCancel=${onClose} whole>
        <p>${t("update.bring_help")}</p>
        ${media.length > 0 && html`<${Field} label=${t("update.from")} value=${path} onValue=${setPath} options=${choices} />`}
        ${!path && html`<div class="field"><label>${t("update.file")} <input type="file" accept=".update" onChange=${(event) => setFile(event.target.files[0] ?? null)} /></label></div>`}
      <//>
    <//>
  `;
}

function ApplyDialog({ update, onDone, onClose }) {
  const { release, charging } = update;
  const [wait, setWait] = useState(true);
  return html`
    <${Confirm} title=${t("update.apply_title", release)} submit=${t("update.apply")} password onClose=${onClose} onConfirm=${() => post(v1("update", "apply"), { wait }).then(onDone)}>
      <p>${t("update.apply_text")}</p>
      ${charging.length > 0 && html`<p>${t("update.charging", { charge_points: charging.join(", ") })}</p>`}
      <${Checkbox} label=${t("update.wait")} checked=${wait} onValue=${setWait} />
    <//>
  `;
}

const WithdrawDialog = ({ onDone, onClose }) => html`
  <${Confirm} title=${t("update.withdraw")} submit=${t("update.withdraw")} onClose=${onClose} onConfirm=${() => remove(v1("update")).then(onDone)}>
    <p>${t("update.withdraw_text")}</p>
  <//>
`;

// What only root may change on the box, as commands to copy.
export function BoxCommands() {
  const now = new Date().toISOString().slice(0, 19).replace("T", " ");
  return html`
    <${Section} id="box" title=${t("box.title")}>
      <p class="quiet">${t("box.help")}</p>
      <${Copyable} label=${t("box.clock_synchronize")} value="sudo timedatectl set-ntp true" />
      <${Copyable} label=${t("box.clock_set")} value=${`sudo timedatectl set-ntp false && sudo timedatectl set-time "${now} UTC"`} />
      <${Copyable} label=${t("box.host_name")} value="sudo hostnamectl set-hostname NAME" />
      <${Copyable} label=${t("box.mount")} value="sudo mount -o ro,X-mount.mkdir /dev/sda1 /media/usb" />
    <//>
  `;
}
