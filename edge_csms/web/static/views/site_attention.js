// What needs somebody: chargers that wait or were refused, faults, tags nobody knows, storage in trouble.

import { Ago, Confirm, ConnectorError, ErrorNote, Icon, Refused, hasError, isSettled } from "../components/ui.js";
import { patch, post, remove, v1 } from "../lib/api.js";
import { refusedAttempts } from "../lib/attempts.js";
import { kilowatts, moment } from "../lib/format.js";
import { has, t, word } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { go, href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { chargePoints, facts, forgetUnknownTag, health, isSound, keepChargePoint, loadFacts, nameOf, partName, partState, unknownTags } from "../lib/site.js";
import { useStore } from "../lib/store.js";

// What concerns these chargers; with `whole` also what concerns the site as a whole, and its load {watts, limit}.
export function Attention({ items, whole, load }) {
  const site = useStore(facts);
  const storage = site?.storage.state ?? "ok";
  const tags = useStore(unknownTags).filter(({ charge_point_id }) => whole || items.some((item) => item.charge_point_id === charge_point_id));
  const known = useStore(chargePoints);
  const refused = useStore(refusedAttempts).filter((attempt) => !isSettled(attempt, known));
  const unsound = (useStore(health) ?? []).filter((part) => part.name !== "storage" && part.name !== "clock" && part.name !== "certificates in use" && !isSound(part));
  const certificates = useResource(v1("site", "certificates")).data?.items ?? [];
  const ending = certificates.filter(({ ends_soon, charge_point_id }) => ends_soon && (whole || items.some((item) => item.charge_point_id === charge_point_id)));
  const lost = useLostSecrets();
  const pending = items.filter((item) => item.registration === "pending");
  const faulted = items.filter((item) => item.online && item.registration === "accepted").flatMap(faultsOf);
  const points = [
    whole && storage !== "ok" && html`<${Trouble} key="storage" text=${t("attention.storage", { state: partState(storage) })} where=${HELP} />`,
    whole && lost && html`<${LostSecrets} key="lost-secrets" lost=${lost} />`,
    whole && site?.clock_doubt && html`<${ClockDoubt} key="clock" site=${site} />`,
    ...(whole ? unsound.map(({ name, state }) => html`<${Trouble} key=${name} text=${`${partName(name)}: ${partState(state)}`} where=${HELP} />`) : []),
    load && load.limit !== null && load.watts > load.limit && html`<${Trouble} key="load" text=${t("attention.load", { load: kilowatts(load.watts), limit: kilowatts(load.limit) })} where=${["settings", "site"]} />`,
    ...ending.map((one) => html`<${Trouble} key=${one.use + one.subject + one.charge_point_id} text=${t("attention.certificate", { use: t(`certificate_use.${one.use}`), subject: one.subject, at: moment(one.not_after) })} where=${placeOf(one)} />`),
    ...pending.map((item) => html`<${Pending} key=${item.charge_point_id} item=${item} />`),
    ...faulted.map(({ item, connector }) => html`<${Fault} key="${item.charge_point_id}/${connector.connector_id}" item=${item} connector=${connector} />`),
    ...(whole ? refused.map((attempt) => html`<${Refused} key=${attempt.id} attempt=${attempt} />`) : []),
    ...tags.map((seen) => html`<${UnknownTag} key=${seen.id_tag} seen=${seen} />`),
  ].filter(Boolean);
  if (points.length === 0) return null;
  return html`
    <section class="attention" aria-labelledby="attention">
      <h2 id="attention">${t("attention.title")}</h2>
      <ul>${points}</ul>
    </section>
  `;
}

const faultsOf = (item) => item.connectors.filter((connector) => connector.status === "Faulted" || hasError(connector)).map((connector) => ({ item, connector }));

const HELP = ["settings", "help"];

// Where a certificate is dealt with: at its charger, or with those of the site.
const placeOf = ({ charge_point_id }) => (charge_point_id ? ["charge-points", charge_point_id, "security"] : ["settings", "site"]);

const Trouble = ({ text, where }) => html`
  <li class="tone-fault">
    <${Icon} name="fault" />
    <div><p class="foreign">${text}</p></div>
    <a href=${href(where)}>${t("attention.look")}</a>
  </li>
`;

// What a restore without the recovery code left behind; null where all is well.
function useLostSecrets() {
  const { data } = useResource(v1("lost-secrets"));
  return data?.affected.length ? data : null;
}

function LostSecrets({ lost }) {
  const forget = useAction(() => remove(v1("lost-secrets")).then(() => location.reload()));
  return html`
    <li class="tone-fault">
      <${Icon} name="fault" />
      <div>
        <p>${t("attention.lost_secrets", { at: moment(lost.lost_at) })}</p>
        <ul class="detail">
          ${lost.affected.map(({ charge_point_id, reason }) => html`<li key=${charge_point_id}><a class="foreign" href=${href(["charge-points", charge_point_id])}>${charge_point_id}</a> ${t(`lost_secret.${reason}`)}</li>`)}
        </ul>
        <${ErrorNote} error=${forget.error} />
      </div>
      ${may("admin") && html`<div class="buttons"><button type="button" class="small secondary" aria-busy=${forget.busy} onClick=${forget.run}>${t("attention.lost_secrets_done")}</button></div>`}
    </li>
  `;
}

function ClockDoubt({ site }) {
  const [asking, setAsking] = useState(false);
  const shows = moment(site.clock_shows, "exact");
  const trust = async () => {
    await post(v1("site", "clock", "trust"));
    loadFacts().catch(() => {}); // whose login has ended by the site's new time is asked to log in
  };
  return html`
    <li class="tone-fault">
      <${Icon} name="fault" />
      <div>
        <p>${t("attention.clock", { shows, why: word("clock_doubt", site.clock_doubt) })}</p>
        <p class="detail">${t("attention.clock_meanwhile", { time: moment(site.time, "exact") })}</p>
      </div>
      ${may("technician") && html`<div class="buttons"><button type="button" class="small" onClick=${() => setAsking(true)}>${t("clock.is_right")}</button></div>`}
      ${asking &&
      html`<${Confirm} title=${t("clock.trust_title")} submit=${t("clock.trust")} onClose=${() => setAsking(false)} onConfirm=${trust}>
        <p>${t("clock.trust_text", { shows, here: moment(new Date().toISOString(), "exact") })}</p>
      <//>`}
    </li>
  `;
}

function Pending({ item }) {
  const [declining, setDeclining] = useState(false);
  const accept = useAction(async () => {
    keepChargePoint({ ...item, ...(await patch(v1("charge-points", item.charge_point_id), { registration: "accepted" })) });
    notify(t("pending.accepted", { charge_point: nameOf(item) }));
  });
  const make = [item.vendor, item.model].filter(Boolean).join(" ");
  return html`
    <li class="tone-wait">
      <${Icon} name="charger" />
      <div>
        <p><b class="foreign">${item.charge_point_id}</b> ${t("pending.waits")}</p>
        ${make && html`<p class="detail foreign">${make}</p>`}
        <${ErrorNote} error=${accept.error} />
      </div>
      ${may("technician") &&
      html`<div class="buttons">
        <button type="button" class="small" aria-busy=${accept.busy} aria-label=${t("pending.accept_label", { charge_point: item.charge_point_id })} onClick=${accept.run}>${t("pending.accept")}</button>
        <button type="button" class="small secondary" aria-label=${t("pending.decline_label", { charge_point: item.charge_point_id })} onClick=${() => setDeclining(true)}>${t("pending.decline")}</button>
      </div>`}
      ${declining &&
      html`<${Confirm} title=${t("pending.decline_title", { charge_point: item.charge_point_id })} submit=${t("pending.decline")} onClose=${() => setDeclining(false)}
        onConfirm=${() => remove(v1("charge-points", item.charge_point_id))}>
        <p>${t("pending.decline_text")}</p>
      <//>`}
    </li>
  `;
}

const Fault = ({ item, connector }) => html`
  <li class="tone-fault">
    <${Icon} name="fault" />
    <div>
      <p>
        <a class="foreign" href=${href(["charge-points", item.charge_point_id])}>${t("connector.place", { charge_point: nameOf(item), connector: connector.connector_id })}</a>
        ${" "}${!hasError(connector) && t("attention.faulted")}
      </p>
      <${ConnectorError} connector=${connector} />
      ${has(`connector_error_hint.${connector.error_code}`) && html`<p class="detail">${t(`connector_error_hint.${connector.error_code}`)}</p>`}
    </div>
  </li>
`;

const UnknownTag = ({ seen }) => html`
  <li class="tone-wait">
    <${Icon} name="tags" />
    <div>
      <p>${t("attention.unknown_tag")} <b class="foreign">${seen.id_tag}</b></p>
      <p class="detail"><span class="foreign">${seen.charge_point_id}</span>, <${Ago} at=${seen.at} /></p>
    </div>
    <div class="buttons">
      ${may("technician") && html`<button type="button" class="small" onClick=${() => go(["id-tags"], { add: seen.id_tag })}>${t("attention.add_tag")}</button>`}
      <button type="button" class="small secondary" onClick=${() => forgetUnknownTag(seen.id_tag)}>${t("attention.dismiss")}</button>
    </div>
  </li>
`;
