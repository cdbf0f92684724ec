// Firmware for chargers: the images that are here, and roll-outs of one to many chargers, one after the other.

import { Confirm, ErrorNote, Heading, Icon, Listing, Section } from "../components/ui.js";
import { post, remove, v1 } from "../lib/api.js";
import { bytes, moment } from "../lib/format.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useEvent, usePages } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { nameById } from "../lib/site.js";
import { ImageDialog, RolloutDialog } from "./firmware_dialogs.js";

const TONES = { running: "busy", done: "free", stopped: "fault", cancelled: "off" };

export function FirmwareView() {
  const images = usePages(v1("firmware-images"));
  return html`
    <${Heading} title=${t("firmware.title")} />
    <${Images} pages=${images} />
    <${Rollouts} images=${images.items ?? []} />
  `;
}

function Images({ pages }) {
  const [open, setOpen] = useState(null); // {Kind, image}
  const technician = may("technician");
  const small = (text, name, run, tone = "secondary") => html`<button type="button" class="small ${tone}" aria-label="${text} (${name})" onClick=${run}>${text}</button>`;
  const columns = [
    { label: t("firmware.file"), cell: ({ name, note }) => html`<span class="foreign">${name}</span> <small class="quiet foreign">${note}</small>` },
    { label: t("firmware.version"), cell: ({ version }) => html`<span class="foreign">${version ?? ""}</span>` },
    { label: t("backup.size"), cell: ({ size_bytes }) => bytes(size_bytes), numeric: true },
    { label: t("firmware.signature"), cell: ({ signed }) => t(signed ? "firmware.signed" : "firmware.unsigned") },
    { label: t("firmware.uploaded"), cell: ({ uploaded_at, uploaded_by }) => html`${moment(uploaded_at)} <small class="quiet foreign">${uploaded_by}</small>` },
    ...(technician
      ? [
          {
            label: t("actions"),
            cell: (image) => html`<div class="buttons">
              ${small(t("edit"), image.name, () => setOpen({ Kind: ImageDialog, image }))}
              ${small(t("delete"), image.name, () => setOpen({ Kind: DeleteImage, image }), "danger")}
            </div>`,
          },
        ]
      : []),
  ];
  const add = technician && html`<button type="button" class="small" onClick=${() => setOpen({ Kind: ImageDialog })}><${Icon} name="add" /> ${t("firmware.add")}</button>`;
  return html`
    <${Section} id="images" title=${t("firmware.images")} actions=${add}>
      <${Listing} pages=${pages} caption=${t("firmware.images")} columns=${columns} keyOf=${({ image_id }) => image_id} empty=${t("firmware.none")} />
      ${open && html`<${open.Kind} image=${open.image} onDone=${pages.reload} onClose=${() => setOpen(null)} />`}
    <//>
  `;
}

const DeleteImage = ({ image, onDone, onClose }) => html`
  <${Confirm} title=${t("files.delete_title", image)} submit=${t("delete")} onClose=${onClose}
    onConfirm=${async () => {
      await remove(v1("firmware-images", String(image.image_id)));
      onDone();
    }}>
    <p>${t("firmware.delete_text")}</p>
  <//>
`;

function Rollouts({ images }) {
  const pages = usePages(v1("firmware-rollouts"), { limit: 20 });
  const [open, setOpen] = useState(null); // "begin", or the roll-out to cancel
  useEvent("firmware_rollout", ({ item }) => pages.edit((all) => merge(all, item)));
  useEvent("file_job", ({ item }) => pages.edit((all) => all.map((rollout) => withJob(rollout, item))));
  const technician = may("technician");
  const imageName = (id) => images.find(({ image_id }) => image_id === id)?.name ?? `${id}`;
  const columns = [
    { label: t("firmware.image"), cell: ({ image_id }) => html`<span class="foreign">${imageName(image_id)}</span>` },
    { label: t("files.state"), cell: (rollout) => html`<${State} rollout=${rollout} />` },
    { label: t("nav.charge-points"), cell: ({ steps }) => html`<${Steps} steps=${steps} />` },
    { label: t("files.asked"), cell: ({ asked_at, asked_by }) => html`${moment(asked_at)} <small class="quiet foreign">${asked_by}</small>` },
    ...(technician
      ? [{ label: t("actions"), cell: (one) => (one.state === "running" ? html`<button type="button" class="small danger" aria-label="${t("rollout.cancel")} (${one.rollout_id})" onClick=${() => setOpen(one)}>${t("rollout.cancel")}</button>` : "") }]
      : []),
  ];
  const begin = technician && html`<button type="button" class="small" disabled=${images.length === 0} onClick=${() => setOpen("begin")}><${Icon} name="charging" /> ${t("rollout.begin")}</button>`;
  return html`
    <${Section} id="rollouts" title=${t("rollout.title")} actions=${begin}>
      <p class="quiet">${t("rollout.help")}</p>
      <${Listing} pages=${pages} caption=${t("rollout.title")} columns=${columns} keyOf=${({ rollout_id }) => rollout_id} empty=${t("rollout.none")} />
      ${open === "begin" && html`<${RolloutDialog} images=${images} onBegun=${pages.reload} onClose=${() => setOpen(null)} />`}
      ${open?.rollout_id !== undefined &&
      html`<${Confirm} title=${t("rollout.cancel_title")} submit=${t("rollout.cancel")} cancel=${t("close")} onClose=${() => setOpen(null)}
        onConfirm=${() => post(v1("firmware-rollouts", String(open.rollout_id), "cancel"))}>
        <p>${t("rollout.cancel_text")}</p>
      <//>`}
    <//>
  `;
}

const merge = (all, item) => (all.some(({ rollout_id }) => rollout_id === item.rollout_id) ? all.map((known) => (known.rollout_id === item.rollout_id ? item : known)) : [item, ...all]);

const withJob = (rollout, { job_id, state, reason }) => ({ ...rollout, steps: rollout.steps.map((step) => (step.job_id === job_id ? { ...step, state, reason } : step)) });

function State({ rollout: { state, reason, steps } }) {
  const done = steps.filter((step) => step.state === "installed").length;
  return html`
    <span class="status tone-${TONES[state]}">${word("rollout_state", state)}</span>
    <progress value=${done} max=${steps.length} aria-label=${t("rollout.progress", { done, count: steps.length })}></progress>
    <small>${t("rollout.progress", { done, count: steps.length })}</small>
    ${reason && html`<small class="foreign">${said(reason)}</small>`}
  `;
}

const Steps = ({ steps }) => html`
  <details>
    <summary>${t("rollout.chargers", { count: steps.length })}</summary>
    <ul>
      ${steps.map(
        ({ charge_point_id, state, reason }) => html`<li key=${charge_point_id}>
          <a class="foreign" href=${href(["charge-points", charge_point_id, "files"])}>${nameById(charge_point_id)}</a>:
          ${" "}${state ? word("file_state", state) : t("rollout.waits")} ${reason && html`<small class="foreign">${said(reason)}</small>`}
        </li>`,
      )}
    </ul>
  </details>
`;
