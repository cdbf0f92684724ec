// The wait for a charger that was just told where to connect: the ladder of its attempts, and of strangers that may be it.

import { isRecent, refusedAttempts, useAttempts } from "../lib/attempts.js";
import { said, t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { useStore } from "../lib/store.js";
import { Ladder, Refused } from "./attempts.js";
import { Note } from "./feedback.js";

export function Arrival({ item: { charge_point_id: chargePointId, findings } }) {
  const attempts = useAttempts(chargePointId);
  const strangers = useStore(refusedAttempts).filter((attempt) => attempt.charge_point_id?.toLowerCase() !== chargePointId.toLowerCase());
  const latest = attempts?.find(isRecent);
  if (latest) return html`<h3>${t("arrival.attempt")}</h3><${Ladder} attempt=${latest} /><${Remarks} findings=${findings} />`;
  return html`
    <${Note}><p aria-busy="true">${t("charge_points.awaited")}</p><p class="detail">${t("arrival.help")}</p><//>
    ${strangers.length > 0 &&
    html`<div class="attention">
      <p class="quiet">${t("arrival.strangers")}</p>
      <ul>${strangers.map((attempt) => html`<${Refused} key=${attempt.id} attempt=${attempt} />`)}</ul>
    </div>`}
  `;
}

// What was odd about it and is taken all the same, such as an unusual path or a clock that is wrong.
const Remarks = ({ findings }) =>
  findings.length > 0 &&
  html`
    <h3>${t("charge_point.findings")}</h3>
    <ul>${findings.map(({ code, field, explanation }) => html`<li key=${`${code} ${field}`} class="foreign">${said(explanation)}</li>`)}</ul>
  `;
