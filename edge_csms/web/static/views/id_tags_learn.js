// Learning a card: somebody holds it to a charger, and the next tag that the site does not know is taken.

import { Dialog, Empty, Field, Note } from "../components/ui.js";
import { t } from "../lib/i18n.js";
import { on } from "../lib/live.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";

const PATIENCE_SECONDS = 60;

// onLearnt gets the tag.
export function LearnDialog({ onLearnt, onClose }) {
  const online = [...(useStore(chargePoints)?.values() ?? [])].filter((item) => item.online).sort(byName);
  const [chosen, setChosen] = useState(null);
  const place = chosen ?? online[0]?.charge_point_id;
  return html`
    <${Dialog} title=${t("learn.title")} onClose=${onClose}>
      ${place === undefined
        ? html`<${Empty}><p>${t("learn.nobody_online")}</p><//>`
        : html`
            <${Field} label=${t("learn.charge_point")} value=${place} onValue=${setChosen} options=${online.map((item) => [item.charge_point_id, nameOf(item)])} />
            <${Waiting} key=${place} chargePointId=${place} onLearnt=${onLearnt} />
          `}
      <div class="buttons"><button type="button" class="secondary" onClick=${onClose}>${t("cancel")}</button></div>
    <//>
  `;
}

function Waiting({ chargePointId, onLearnt }) {
  const [seconds, setSeconds] = useState(PATIENCE_SECONDS);
  const waiting = seconds > 0;
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setInterval(() => setSeconds((left) => left - 1), 1000);
    const off = on("unknown_id_tag", ({ charge_point_id, id_tag }) => charge_point_id === chargePointId && onLearnt(id_tag));
    return () => {
      clearInterval(timer);
      off();
    };
  }, [waiting]);
  if (waiting) return html`<${Note}><p aria-busy="true">${t("learn.waiting")} <span aria-hidden="true">${seconds}</span></p><//>`;
  return html`
    <${Note}><p>${t("learn.nothing")}</p><//>
    <p><button type="button" onClick=${() => setSeconds(PATIENCE_SECONDS)}>${t("try_again")}</button></p>
  `;
}
