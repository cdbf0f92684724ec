// How far a charger's attempt to connect got, as a ladder, with cause and fix where it stopped.

import { post, v1 } from "../lib/api.js";
import { STAGES } from "../lib/attempts.js";
import { moment } from "../lib/format.js";
import { has, said, t } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { chargePoints, keepChargePoint } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { ErrorNote } from "./feedback.js";
import { Icon } from "./icon.js";
import { Ago } from "./time.js";

export function Ladder({ attempt }) {
  const reached = STAGES.indexOf(attempt.stage);
  const refused = attempt.outcome === "refused";
  const goesOn = attempt.outcome === "open" || attempt.outcome === "connected";
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
            ${goesOn && index === reached + 1 && has(`stage_hint.${stage}`) && html`<p class="detail">${t(`stage_hint.${stage}`)}</p>`}
          </div>
        </li>`;
      })}
    </ol>
  `;
}

export const CauseAndFix = ({ attempt }) => html`
  <p class="sentence foreign">${said(attempt.cause)}</p>
  ${attempt.fix && html`<p class="detail foreign">${said(attempt.fix)}</p>`}
`;

// A refused attempt in a list of things that need attention; an identity that nobody knows yet can be let in.
export function Refused({ attempt }) {
  const known = useStore(chargePoints);
  const accept = useAction(async () => {
    const { password, ...item } = await post(v1("charge-points"), { charge_point_id: attempt.charge_point_id, password: null });
    keepChargePoint(item);
    notify(t("pending.accepted", { charge_point: attempt.charge_point_id }));
  });
  return html`
    <li class="tone-fault">
      <${Icon} name="offline" />
      <div>
        <p>
          ${t("attempt.refused", { address: attempt.address })} ${attempt.charge_point_id && html`<${Named} id=${attempt.charge_point_id} known=${known} />${" "}`}
          <span class="quiet" title=${moment(attempt.at)}>(<${Ago} at=${attempt.last_at} />${attempt.count > 1 ? `, ${t("attempt.count", { count: attempt.count })}` : ""})</span>
        </p>
        <${CauseAndFix} attempt=${attempt} />
        <${ErrorNote} error=${accept.error} />
      </div>
      ${may("technician") &&
      attempt.stage === "identity" &&
      attempt.charge_point_id &&
      !isSettled(attempt, known) &&
      html`<div class="buttons">
        <button type="button" class="small" aria-busy=${accept.busy} aria-label=${t("pending.accept_label", { charge_point: attempt.charge_point_id })} onClick=${() => accept.run()}>${t("pending.accept")}</button>
      </div>`}
    </li>
  `;
}

const Named = ({ id, known }) => (known?.has(id) ? html`<a class="foreign" href=${href(["charge-points", id])}>${id}</a>` : html`<b class="foreign">${id}</b>`);

// Its identity was not known, and is now.
export const isSettled = ({ stage, charge_point_id }, known) =>
  stage === "identity" && [...(known?.keys() ?? [])].some((id) => id.toLowerCase() === charge_point_id?.toLowerCase());
