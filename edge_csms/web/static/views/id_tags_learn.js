// Learning a card: somebody holds it to a charger, and the next tag that the site does not know is taken.

import { Dialog, Empty, Field, Note } from "../components/ui.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useEvent, useEvery } from "../lib/resource.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";

const PATIENCE_SECONDS = 60;

// onLearnt gets the tag.
export function LearnDialog({ onLearnt, onClose }) {
  const online = [...(useStore(chargePoints)?.values() ?? [])].filter((item) => item.online && item.registration === "accepted").sort(byName);
  const [chosen, setChosen] = useState(null);
  const [seconds, setSeconds] = useState(PATIENCE_SECONDS);
  const place = chosen ?? online[0]?.charge_point_id;
  const begin = () => setSeconds(PATIENCE_SECONDS);
  const choose = (chargePointId) => {
    setChosen(chargePointId);
    begin();
  };
  useEvery(1000, seconds > 0, () => setSeconds(seconds - 1));
  useEvent("unknown_id_tag", ({ charge_point_id, id_tag }) => seconds > 0 && charge_point_id === place && onLearnt(id_tag));
  return html`
    <${Dialog} title=${t("learn.title")} onClose=${onClose}>
      ${place === undefined
        ? html`<${Empty}><p>${t("learn.nobody_online")}</p><//>`
        : html`
            <${Field} label=${t("learn.charge_point")} value=${place} onValue=${choose} options=${online.map((item) => [item.charge_point_id, nameOf(item)])} />
            <${Waiting} seconds=${seconds} onAgain=${begin} />
          `}
      <div class="buttons"><button type="button" class="secondary" onClick=${onClose}>${t("cancel")}</button></div>
    <//>
  `;
}

const Waiting = ({ seconds, onAgain }) =>
  seconds > 0
    ? html`<${Note}><p aria-busy="true">${t("learn.waiting")} <span aria-hidden="true">${seconds}</span></p><//>`
    : html`
        <${Note}><p>${t("learn.nothing")}</p><//>
        <p><button type="button" onClick=${onAgain}>${t("try_again")}</button></p>
      `;
