// How a charger proves who it is: its profile, its key, its certificates, and what it has told of its own security.

import { Confirm, Dialog, ErrorNote, Facts, Field, Form, Listing, Note, Section } from "../components/ui.js";
import { patch, post, remove, v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useChanged, usePages } from "../lib/resource.js";
import { may } from "../lib/session.js";
import { keepChargePoint, securityOf } from "../lib/site.js";
import { Roots } from "./charge_point_roots.js";

export function Security({ item }) {
  return html`
    <${Identity} item=${item} />
    <${Certificates} item=${item} />
    <${Roots} item=${item} />
    <${Events} id=${item.charge_point_id} />
  `;
}

function Identity({ item }) {
  const [open, setOpen] = useState(null);
  const [answer, setAnswer] = useState(null);
  const close = () => setOpen(null);
  return html`
    <${Section} id="identity" title=${t("security.identity")}>
      <${Facts} rows=${[
        [t("charge_point.security_profile"), securityOf(item)],
        [t("security.key"), t(item.has_password ? "security.has_key" : "security.no_key")],
      ]} />
      ${answer && html`<${Note} tone=${answer.status === "Accepted" ? "good" : "attention"}><p class="foreign">${said(answer.detail)}</p><//>`}
      ${may("technician") &&
      html`<p class="buttons">
        <button type="button" class="secondary" disabled=${!item.online} onClick=${() => setOpen("key")}>${t("security.rotate")}</button>
        <button type="button" class="secondary" onClick=${() => setOpen("profile")}>${t("security.profile")}</button>
      </p>`}
      ${open === "profile" && html`<${ProfileDialog} item=${item} onClose=${close} />`}
      ${open === "key" &&
      html`<${Confirm} title=${t("security.rotate")} submit=${t("security.rotate")} password onClose=${close}
        onConfirm=${async () => setAnswer(await post(v1("charge-points", item.charge_point_id, "key")))}>
        <p>${t("security.rotate_text")}</p>
      <//>`}
    <//>
  `;
}

function ProfileDialog({ item, onClose }) {
  const [profile, setProfile] = useState(String(item.security_profile));
  const action = useAction(async () => {
    keepChargePoint(await patch(v1("charge-points", item.charge_point_id), { security_profile: Number(profile) }));
    onClose();
  });
  return html`
    <${Dialog} title=${t("security.profile")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose} whole>
        <p>${t("security.profile_text")}</p>
        <${Field} label=${t("charge_point.security_profile")} value=${profile} onValue=${setProfile} options=${["0", "1", "2", "3"].map((number) => [number, t(`security_profile.${number}`)])} />
      <//>
    <//>
  `;
}

function Certificates({ item }) {
  const path = v1("charge-points", item.charge_point_id, "certificates");
  const pages = usePages(path);
  const [revoked, setRevoked] = useState(null);
  const renew = useAction(() => post(`${path}/renew`));
  const technician = may("technician");
  const answer = renew.result;
  const button = html`<button type="button" class="small secondary" disabled=${!item.online} aria-busy=${renew.busy} onClick=${renew.run}>${t("certificate.renew")}</button>`;
  const columns = [
    { label: t("certificate.serial_number"), cell: (one) => html`<code class="foreign">${one.serial_number}</code>` },
    { label: t("certificate.state"), cell: (one) => word("certificate_state", one.state) },
    { label: t("certificate.not_after"), cell: (one) => moment(one.not_after) },
    ...(technician
      ? [{ label: t("actions"), cell: (one) => (one.state === "revoked" ? "" : html`<button type="button" class="small danger" aria-label=${t("certificate.revoke_label", one)} onClick=${() => setRevoked(one)}>${t("certificate.revoke")}</button>`) }]
      : []),
  ];
  return html`
    <${Section} id="certificates" title=${t("certificate.title")} actions=${technician && button}>
      <${ErrorNote} error=${renew.error} />
      ${answer && html`<${Note} tone=${answer.status === "Accepted" ? "good" : "attention"}><p class="foreign">${said(answer.detail)}</p><//>`}
      <${Listing} pages=${pages} caption=${t("certificate.title")} columns=${columns} keyOf=${({ fingerprint }) => fingerprint} empty=${t("certificate.none")} />
      ${revoked &&
      html`<${Confirm} title=${t("certificate.revoke_label", revoked)} submit=${t("certificate.revoke")} password onClose=${() => setRevoked(null)}
        onConfirm=${async () => {
          await remove(`${path}/${revoked.fingerprint}`);
          pages.reload();
        }}>
        <p>${t("certificate.revoke_text")}</p>
      <//>`}
    <//>
  `;
}

function Events({ id }) {
  const pages = usePages(v1("charge-points", id, "security-events"), { limit: 20 });
  useChanged("security_events", id, pages.reload);
  const columns = [
    { label: t("security_event.at"), cell: ({ at }) => moment(at, "exact") },
    { label: t("security_event.kind"), cell: ({ kind }) => html`<span class="foreign">${kind}</span>` },
    { label: t("security_event.details"), cell: ({ details }) => html`<span class="foreign">${details ?? ""}</span>` },
  ];
  return html`
    <${Section} id="security-events" title=${t("security_event.title")}>
      <${Listing} pages=${pages} caption=${t("security_event.title")} columns=${columns} keyOf=${(event) => JSON.stringify(event)} empty=${t("security_event.none")} />
    <//>
  `;
}
