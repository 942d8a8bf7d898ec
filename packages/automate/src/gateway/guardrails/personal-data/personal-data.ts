import { z } from 'zod';
import type { GuardrailCall, GuardrailSettings, GuardrailType, Side } from '../guardrail-type.ts';
import { createScanFilter } from '../text/scan-filter.ts';
import { nationalIdNames, usualNationalIds } from './national-ids.ts';
import { type PersonalDataKind, personalDataFinders, personalDataKinds, scanPersonalData } from './scan-personal-data.ts';

const Config = z.strictObject({
  kinds: z
    .array(z.enum(personalDataKinds))
    .min(1)
    .default([...personalDataKinds])
    .describe('What is looked for.'),
  national_ids: z
    .array(z.enum(nationalIdNames))
    .default([...usualNationalIds])
    .describe('Which numbers of persons are known.'),
  restore: z
    .boolean()
    .default(true)
    .describe('Whether the caller gets back, in the answer, the values that were masked in what was sent.'),
});
type Config = z.output<typeof Config>;

const LABELS: Readonly<Record<PersonalDataKind, string>> = {
  email: 'EMAIL',
  iban: 'IBAN',
  payment_card: 'CARD',
  national_id: 'ID',
  ip_address: 'IP',
  phone: 'PHONE',
};

/** Finds what tells who somebody is. Masked, the model sees `[EMAIL_1]`, and the caller gets the address back in the answer. */
export const personalData: GuardrailType<Config> = {
  type: 'personal_data',
  description: 'Finds e-mail addresses, telephone numbers, bank accounts, payment cards, IP addresses and national ids.',
  config: Config,
  on: ['input', 'output', 'both'],
  actions: ['mask', 'block', 'flag'],
  compile({ action, config }: GuardrailSettings<Config>) {
    const finders = personalDataFinders(config.kinds, config.national_ids);
    return (call: GuardrailCall) => {
      const filter = (side: Side, place: string) =>
        createScanFilter({
          hasBreaks: true,
          scan: (text, search) => scanPersonalData(finders, text, search),
          replace(kind, value) {
            call.report({ side, kind, place });
            if (action !== 'mask') return undefined;
            return call.vault.placeholderOf(LABELS[kind as PersonalDataKind], value, config.restore && side === 'input');
          },
        });
      return { input: (place) => filter('input', place), output: (place) => filter('output', place) };
    };
  },
};
