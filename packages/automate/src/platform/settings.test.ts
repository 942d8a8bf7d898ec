import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineFeature } from './feature.ts';
import { settingsOf, variablesOf } from './settings.ts';

const crm = defineFeature({
  name: 'my-crm',
  settings: z.object({
    rowLimit: z.coerce.number().int().min(1).default(50),
    token: z.string().optional().meta({ variable: 'CRM_TOKEN' }),
  }),
});

describe('settings of a feature', () => {
  it('are read from variables of its own, or of a name given', () => {
    expect(variablesOf(crm).map(({ field, name }) => [field, name])).toEqual([
      ['rowLimit', 'AUTOMATE_MY_CRM_ROW_LIMIT'],
      ['token', 'CRM_TOKEN'],
    ]);
    expect(settingsOf(crm, { AUTOMATE_MY_CRM_ROW_LIMIT: '7', CRM_TOKEN: 't', OTHER: 'x' })).toEqual({ rowLimit: 7, token: 't' });
    expect(settingsOf(crm, {})).toEqual({ rowLimit: 50 });
  });

  it('are refused by the name of the variable', () => {
    expect(() => settingsOf(crm, { AUTOMATE_MY_CRM_ROW_LIMIT: '0' })).toThrow(
      expect.objectContaining({ code: 'invalid_settings', message: expect.stringContaining('AUTOMATE_MY_CRM_ROW_LIMIT') }),
    );
  });

  it('are none for a feature that declares none', () => {
    expect(settingsOf(defineFeature({ name: 'plain' }), { AUTOMATE_PLAIN_X: '1' })).toEqual({});
  });
});
