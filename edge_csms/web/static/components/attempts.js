// How far a charger's attempt to connect got, as a ladder, with cause and fix where it stopped.

import { moment } from "../lib/format.js";
import { STAGES } from "../lib/attempts.js";
import { said, t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { Icon } from "./icon.js";
import { Ago } from "./time.js";

export function Ladder({ attempt }) {
  const reached = STAGES.indexOf(attempt.stage);
  const refused = attempt.outcome === "refused";
  return html`
    <p class="quiet">${t("attempt.from", { address: attempt.address })}, <${Ago} at=${attempt.last_at} />${attempt.count > 1 ? `, ${t("attempt.count", { count: attempt.count })}` : ""}</p>
    <ol class="ladder">
      ${STAGES.map((stage, index) => {
        const state = index < reached || (index === reached && !refused) ? "passed" : index === reached ? "stopped" : "waiting";
        return html`<li key=${stage} class="step-${state}">
          <${Icon} name=${{ passed: "finishing", stopped: "fault", waiting: "preparing" }[state]} />
          <div>
            ${t(`stage.${stage}`)} <span class="hidden">${t(`step.${state}`)}</span>
            ${state === "stopped" && html`<${CauseAndFix} attempt=${attempt} />`}
          </div>
        </li>`;
      })}
    </ol>
  `;
}

export const CauseAndFix = ({ attempt }) => html`
  <p class="foreign">${said(attempt.cause)}</p>
  ${attempt.fix && html`<p class="detail foreign">${said(attempt.fix)}</p>`}
`;

// A refused attempt in a list of things that need attention.
export const Refused = ({ attempt }) => html`
  <li class="tone-fault">
    <${Icon} name="offline" />
    <div>
      <p>
        ${t("attempt.refused", { address: attempt.address })} ${attempt.charge_point_id && html`<b class="foreign">${attempt.charge_point_id}</b>${" "}`}
        <span class="quiet" title=${moment(attempt.at)}>(<${Ago} at=${attempt.last_at} />${attempt.count > 1 ? `, ${t("attempt.count", { count: attempt.count })}` : ""})</span>
      </p>
      <${CauseAndFix} attempt=${attempt} />
    </div>
  </li>
`;
