// Captures: frames that the server writes to a file for as long as somebody wants, to be saved and looked at elsewhere.

import { Confirm, Dialog, ErrorNote, Field, Form, Icon, Listing, Section } from "../components/ui.js";
import { download, post, remove, v1 } from "../lib/api.js";
import { bytes, duration, moment } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useEvery, usePages } from "../lib/resource.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";

const LOOK_AGAIN_MS = 5000;
const MINUTES = [1, 10, 60, 480, 1440];

export function Captures({ chargePointId }) {
  const pages = usePages(v1("captures"));
  const [open, setOpen] = useState(null); // "add", or the capture to delete
  const act = useAction(async (run) => {
    await run();
    pages.reload();
  });
  useEvery(LOOK_AGAIN_MS, Boolean(pages.items?.some(({ ends_at }) => ends_at)), pages.reload);
  const path = (one, ...more) => v1("captures", one.name, ...more);
  const small = (one, text, run, icon) => html`<button type="button" class="small secondary" aria-label="${text} (${one.name})" onClick=${run}>${icon ?? text}</button>`;
  const columns = [
    { label: t("capture.of"), cell: ({ charge_point_id }) => html`<span class="foreign">${charge_point_id ?? t("capture.all")}</span>` },
    { label: t("capture.started_at"), cell: (one) => html`${moment(one.started_at)} <small class="quiet foreign">${one.asked_by}</small>` },
    { label: t("files.state"), cell: ({ ends_at }) => (ends_at ? t("capture.runs_until", { at: moment(ends_at, "time") }) : t("capture.done")) },
    { label: t("backup.size"), cell: ({ size_bytes }) => bytes(size_bytes), numeric: true },
    {
      label: t("actions"),
      cell: (one) => html`<div class="buttons">
        ${small(one, t("save"), () => act.run(() => download(path(one, "file"), {}, `${one.name}`)), html`<${Icon} name="download" />`)}
        ${one.ends_at ? small(one, t("capture.end"), () => act.run(() => post(path(one, "end")))) : small(one, t("delete"), () => setOpen(one))}
      </div>`,
    },
  ];
  return html`
    <${Section} id="captures" title=${t("capture.title")} actions=${html`<button type="button" class="small secondary" onClick=${() => setOpen("add")}>${t("capture.begin")}</button>`}>
      <p class="quiet">${t("capture.help")}</p>
      <${ErrorNote} error=${act.error} />
      <${Listing} pages=${pages} caption=${t("capture.title")} columns=${columns} keyOf=${({ name }) => name} empty=${t("capture.none")} />
      ${open === "add" && html`<${BeginDialog} chargePointId=${chargePointId} onBegun=${pages.reload} onClose=${() => setOpen(null)} />`}
      ${open?.name !== undefined &&
      html`<${Confirm} title=${t("files.delete_title", open)} submit=${t("delete")} onClose=${() => setOpen(null)}
        onConfirm=${async () => {
          await remove(path(open));
          pages.reload();
        }}>
        <p>${t("capture.delete_text")}</p>
      <//>`}
    <//>
  `;
}

function BeginDialog({ chargePointId, onBegun, onClose }) {
  const items = [...(useStore(chargePoints)?.values() ?? [])].sort(byName);
  const [fields, setFields] = useState({ of: chargePointId ?? "", minutes: String(MINUTES[1]) });
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction(async () => {
    await post(v1("captures"), { charge_point_id: fields.of || null, minutes: Number(fields.minutes) });
    onBegun();
    onClose();
  });
  return html`
    <${Dialog} title=${t("capture.begin")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("capture.submit")} onCancel=${onClose} whole>
        <${Field} label=${t("capture.of")} value=${fields.of} onValue=${set("of")} options=${[["", t("capture.all")], ...items.map((item) => [item.charge_point_id, nameOf(item)])]} />
        <${Field} label=${t("capture.lasts")} value=${fields.minutes} onValue=${set("minutes")} options=${MINUTES.map((minutes) => [String(minutes), duration(minutes * 60_000)])} />
      <//>
    <//>
  `;
}
