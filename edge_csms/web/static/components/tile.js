// The tile of one connector: what it does, how much, since when, for whom, and what can be done about it.

import { kilowattHours, kilowatts } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, memo } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { tagNotes } from "../lib/tags.js";
import { Icon } from "./icon.js";
import { ConnectorError, shownStatus, Status, toneOf } from "./status.js";
import { Lasting, LastSeen } from "./time.js";

const FREE_TO_START = new Set(["Available", "Preparing", "Finishing", "Reserved"]);

export const canStart = (chargePoint, connector) =>
  may("technician") && chargePoint.online && chargePoint.registration === "accepted" && !connector.transaction_id && FREE_TO_START.has(connector.status);

export const canStop = (chargePoint, connector) => may("technician") && chargePoint.online && Boolean(connector.transaction_id);

// onStart and onStop get (chargePoint, connector); they must stay the same functions, or every tile is drawn again.
export const Tile = memo(({ chargePoint, connector, onStart, onStop }) => {
  const status = shownStatus(chargePoint, connector);
  const place = t("connector.place", { charge_point: nameOf(chargePoint), connector: connector.connector_id });
  return html`
    <article class="tile tone-${toneOf(status)}" aria-label=${place}>
      <header>
        <a class="foreign" href=${href(["charge-points", chargePoint.charge_point_id])}>${nameOf(chargePoint)}</a>
        <span class="number" title=${t("connector.number", { number: connector.connector_id })}>${connector.connector_id}</span>
      </header>
      <${Status} status=${status} />
      ${chargePoint.online ? html`<${ConnectorError} connector=${connector} />` : html`<${LastKnown} chargePoint=${chargePoint} connector=${connector} />`}
      ${connector.transaction && html`<${Charging} connector=${connector} online=${chargePoint.online} />`}
      ${chargePoint.online && html`<${Seen} chargePoint=${chargePoint} />`}
      <footer class="buttons">
        ${canStart(chargePoint, connector) &&
        html`<button type="button" class="small" aria-label=${t("start.label", { place })} onClick=${() => onStart(chargePoint, connector)}>
          <${Icon} name="charging" /> ${t("start.button")}
        </button>`}
        ${canStop(chargePoint, connector) &&
        html`<button type="button" class="small danger" aria-label=${t("stop.label", { place })} onClick=${() => onStop(chargePoint, connector)}>
          <${Icon} name="stop" /> ${t("stop.button")}
        </button>`}
      </footer>
    </article>
  `;
});

const Seen = ({ chargePoint }) => html`
  <p class="quiet"><small>${chargePoint.last_seen ? html`${t("charge_point.last_seen")} <${LastSeen} chargePoint=${chargePoint} />` : t("charge_point.never_seen")}</small></p>
`;

const LastKnown = ({ chargePoint, connector }) => html`
  <${Seen} chargePoint=${chargePoint} />
  ${connector && html`<p class="quiet"><span>${t("connector.last_status")} </span><${Status} status=${connector.status} /></p>`}
`;

const Charging = ({ connector, online }) => html`
  ${online && connector.power_w !== null && html`<p class="power">${kilowatts(connector.power_w)}</p>`}
  <dl class="facts">
    <dt>${t("transaction.energy")}</dt>
    <dd>${kilowattHours(connector.transaction.energy_wh)}</dd>
    <dt>${t("transaction.duration")}</dt>
    <dd><${Lasting} since=${connector.transaction.started_at} /></dd>
    <dt>${t("transaction.id_tag")}</dt>
    <dd class="foreign"><${Whose} idTag=${connector.transaction.id_tag} /></dd>
  </dl>
`;

function Whose({ idTag }) {
  const note = useStore(tagNotes).get(idTag.toLowerCase());
  return note ? html`${note} <small class="quiet">${idTag}</small>` : idTag;
}

// Stands in where a charger has not told of any connector yet.
export const BareTile = memo(({ chargePoint }) => {
  const status = shownStatus(chargePoint, null);
  return html`
    <article class="tile tone-${toneOf(status)}" aria-label=${nameOf(chargePoint)}>
      <header><a class="foreign" href=${href(["charge-points", chargePoint.charge_point_id])}>${nameOf(chargePoint)}</a></header>
      <${Status} status=${status} />
      ${chargePoint.online && html`<p class="quiet">${t("connector.none_yet")}</p>`}
      <${Seen} chargePoint=${chargePoint} />
    </article>
  `;
});
