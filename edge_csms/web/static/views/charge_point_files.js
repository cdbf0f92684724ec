// Files for a charger and from it: firmware, diagnostics and logs, each a job that is followed to its end.

import { Confirm, ErrorNote, Icon, Listing, Section } from "../components/ui.js";
import { download, post, remove, v1 } from "../lib/api.js";
import { bytes, moment } from "../lib/format.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useEvent, usePages } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { FirmwareDialog, LogDialog } from "./file_dialogs.js";
import { FileViewer } from "./file_viewer.js";

const OPEN = new Set(["requested", "downloading", "downloaded", "installing", "uploading"]);
const BAD = new Set(["failed", "cancelled"]);

export function Files({ item }) {
  const id = item.charge_point_id;
  const [open, setOpen] = useState(null); // {Kind, job}
  const pages = usePages(v1("charge-points", id, "jobs"), { limit: 20 });
  useEvent("file_job", ({ item: job }) => job.charge_point_id === id && pages.edit((jobs) => merge(jobs, job)));
  const close = () => setOpen(null);
  const technician = may("technician");
  const button = (Kind, text) => html`<button type="button" class="secondary" disabled=${!item.online} onClick=${() => setOpen({ Kind })}>${text}</button>`;
  return html`
    <${Section} id="files" title=${t("files.title")}>
      ${technician &&
      html`
        ${!item.online && html`<p class="quiet">${t("commands.offline")}</p>`}
        <p class="buttons">${button(FirmwareDialog, t("files.update"))} ${button(LogDialog, t("files.ask"))}</p>
      `}
      <${Listing} pages=${pages} caption=${t("files.title")} columns=${columns(setOpen, technician)} keyOf=${({ job_id }) => job_id} empty=${t("files.empty")} />
      <p><a href=${href(["firmware"])}>${t("firmware.title")}</a></p>
      ${open && html`<${open.Kind} item=${item} job=${open.job} onDone=${pages.reload} onClose=${close} />`}
    <//>
  `;
}

const merge = (jobs, job) => (jobs.some(({ job_id }) => job_id === job.job_id) ? jobs.map((known) => (known.job_id === job.job_id ? job : known)) : [job, ...jobs]);

const columns = (onOpen, technician) => [
  { label: t("files.what"), cell: (job) => html`${word("file_kind", job.log_type ? `log_${job.log_type}` : job.kind)} <small class="quiet foreign">${job.file_name}</small>` },
  { label: t("files.state"), cell: (job) => html`<${State} job=${job} />` },
  { label: t("files.asked"), cell: (job) => html`${moment(job.asked_at)} <small class="quiet foreign">${job.asked_by}</small>` },
  ...(technician ? [{ label: t("actions"), cell: (job) => html`<${Actions} job=${job} onOpen=${onOpen} />` }] : []),
];

const State = ({ job }) => html`
  <span class=${BAD.has(job.state) ? "status tone-fault" : OPEN.has(job.state) ? "status tone-busy" : "status tone-free"}>${word("file_state", job.state)}</span>
  ${OPEN.has(job.state) && html`<progress value=${job.size_bytes && job.moved_bytes ? job.moved_bytes : undefined} max=${job.size_bytes ?? undefined} aria-label=${word("file_state", job.state)}></progress>`}
  ${(job.moved_bytes > 0 || job.has_file) && html`<small class="quiet">${bytes(job.has_file ? job.size_bytes : job.moved_bytes)}</small>`}
  ${job.reason && html`<small class="foreign">${said(job.reason)}</small>`}
`;

function Actions({ job, onOpen }) {
  const save = useAction(() => download(v1("jobs", String(job.job_id), "file"), {}, job.file_name ?? `job-${job.job_id}`));
  const small = (text, run, icon) => html`<button type="button" class="small secondary" aria-label="${text} (${job.job_id})" onClick=${run}>${icon ?? text}</button>`;
  return html`
    <div class="buttons">
      ${job.has_file && html`${small(t("files.read"), () => onOpen({ Kind: FileViewer, job }))} ${small(t("save"), save.run, html`<${Icon} name="download" />`)}`}
      ${OPEN.has(job.state) && small(t("cancel"), () => onOpen({ Kind: CancelJob, job }))}
      ${job.has_file && small(t("delete"), () => onOpen({ Kind: DeleteFile, job }))}
    </div>
    <${ErrorNote} error=${save.error} />
  `;
}

const CancelJob = ({ job, onClose }) => html`
  <${Confirm} title=${t("files.cancel_title")} submit=${t("files.cancel")} onClose=${onClose} onConfirm=${() => post(v1("jobs", String(job.job_id), "cancel"))}>
    <p>${t("files.cancel_text")}</p>
  <//>
`;

const DeleteFile = ({ job, onDone, onClose }) => html`
  <${Confirm} title=${t("files.delete_title", { name: job.file_name })} submit=${t("delete")} onClose=${onClose}
    onConfirm=${async () => {
      await remove(v1("jobs", String(job.job_id), "file"));
      onDone();
    }}>
    <p>${t("files.delete_text")}</p>
  <//>
`;
