// Backups: made, taken along, brought from elsewhere, deleted; and the code that opens what is secret in them.

import { Confirm, Dialog, ErrorNote, Field, Form, Icon, Listing, Section } from "../components/ui.js";
import { download, post, remove, upload, v1 } from "../lib/api.js";
import { bytes, moment } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages, useResource } from "../lib/resource.js";
import { RecoveryCode } from "./recovery_code.js";
import { RestoreDialog } from "./settings_restore.js";

export function Backups() {
  const pages = usePages(v1("backups"));
  const [open, setOpen] = useState(null); // {Kind, backup}
  const make = useAction(() => post(v1("backups")).then(pages.reload));
  const fetchFile = useAction((name) => download(`${v1("backups", name)}/file`, {}, name));
  const button = (text, run, { busy, label, tone = "secondary" } = {}) => html`<button type="button" class="small ${tone}" aria-busy=${busy} aria-label=${label} onClick=${run}>${text}</button>`;
  const columns = [
    { label: t("backup.made_at"), cell: ({ made_at }) => moment(made_at) },
    { label: t("backup.name"), cell: ({ name }) => html`<span class="foreign">${name}</span>` },
    { label: t("backup.size"), cell: (one) => bytes(one.bytes), numeric: true },
    {
      label: t("actions"),
      cell: (backup) => html`<div class="buttons">
        ${button(html`<${Icon} name="download" />`, () => fetchFile.run(backup.name), { label: `${t("backup.download")} (${backup.name})` })}
        ${button(t("backup.restore"), () => setOpen({ Kind: RestoreDialog, backup }), { label: `${t("backup.restore")} (${backup.name})` })}
        ${button(t("delete"), () => setOpen({ Kind: DeleteBackup, backup }), { label: `${t("delete")} (${backup.name})`, tone: "danger" })}
      </div>`,
    },
  ];
  const actions = [
    button(t("backup.make"), make.run, { busy: make.busy }),
    button(t("backup.copy"), () => setOpen({ Kind: CopyDialog })),
    button(t("backup.bring"), () => setOpen({ Kind: BringDialog })),
    button(t("backup.code"), () => setOpen({ Kind: CodeDialog })),
  ];
  return html`
    <${Section} id="backups" title=${t("backup.title")} actions=${actions}>
      <p class="quiet">${t("backup.help")}</p>
      <${ErrorNote} error=${make.error ?? fetchFile.error} />
      <${Listing} pages=${pages} caption=${t("backup.title")} columns=${columns} keyOf=${({ name }) => name} empty=${t("backup.none")} />
      ${open && html`<${open.Kind} backup=${open.backup} onDone=${pages.reload} onClose=${() => setOpen(null)} />`}
    <//>
  `;
}

const DeleteBackup = ({ backup, onDone, onClose }) => html`
  <${Confirm} title=${t("files.delete_title", backup)} submit=${t("delete")} password onClose=${onClose} onConfirm=${() => remove(v1("backups", backup.name)).then(onDone)}>
    <p>${t("backup.delete_text")}</p>
  <//>
`;

function CopyDialog({ onDone, onClose }) {
  const { data, error, reload } = useResource(v1("backup-media"));
  const [chosen, setChosen] = useState("");
  const media = data?.items ?? [];
  const path = chosen || media[0]?.path;
  const action = useAction(async () => {
    const copy = await post(v1("backup-media"), { path });
    notify(t("backup.copied", copy));
    onDone();
    onClose();
  });
  return html`
    <${Dialog} title=${t("backup.copy")} onClose=${onClose}>
      <${ErrorNote} error=${error} retry=${reload} />
      ${data &&
      (media.length === 0
        ? html`<p>${t("backup.no_medium")}</p><pre class="foreign">sudo mkdir -p /media/usb
sudo mount -o uid=edge-csms /dev/sda1 /media/usb</pre>
            <div class="buttons"><button type="button" onClick=${reload}>${t("backup.look_again")}</button></div>`
        : html`<${Form} action=${action} submit=${t("backup.copy_submit")} onCancel=${onClose} whole>
            <${Field} label=${t("backup.medium")} value=${path} onValue=${setChosen} options=${media.map((one) => [one.path, t("backup.medium_free", { path: one.path, free: bytes(one.free_bytes) })])} />
          <//>`)}
    <//>
  `;
}

function BringDialog({ onDone, onClose }) {
  const [file, setFile] = useState(null);
  const action = useAction(async () => {
    await upload(v1("backup-uploads"), { name: file.name }, file);
    onDone();
    onClose();
  });
  return html`
    <${Dialog} title=${t("backup.bring")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("backup.bring_submit")} disabled=${!file} onCancel=${onClose} whole>
        <p>${t("backup.bring_help")}</p>
        <div class="field"><label>${t("backup.name")} <input type="file" onChange=${(event) => setFile(event.target.files[0] ?? null)} /></label></div>
      <//>
    <//>
  `;
}

const CodeDialog = ({ onClose }) => html`
  <${Dialog} title=${t("backup.code")} onClose=${onClose}><${RecoveryCode} onCancel=${onClose} /><//>
`;
