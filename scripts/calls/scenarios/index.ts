import type { Scenario } from '../scenario.ts';
import { bankCard } from './bank-card.ts';
import { billing } from './billing.ts';
import { deliveryJa } from './delivery-ja.ts';
import { energyFr } from './energy-fr.ts';
import { insuranceClaim } from './insurance-claim.ts';
import { returns } from './returns.ts';
import { telecomOutage } from './telecom-outage.ts';
import { travel } from './travel.ts';

/** All scenarios, in the order in which they are played in turn. */
export const SCENARIOS: readonly [Scenario, ...Scenario[]] = [
  billing,
  travel,
  telecomOutage,
  bankCard,
  returns,
  insuranceClaim,
  energyFr,
  deliveryJa,
];

export const SCENARIO_NAMES = SCENARIOS.map(({ name }) => name);
