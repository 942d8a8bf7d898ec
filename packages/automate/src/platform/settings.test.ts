import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineFeature, type Feature } from './feature.ts';
import { readSettings, variablesOf } from './settings.ts';

const crm = defineFeature({
  name: 'my-crm',
  settings: z.object({
    rowLimit: z.coerce.number().int().min(1).default(50),
    token: z.string().optional().meta({ variable: 'CRM_TOKEN' }),
  }),
});

const settingsOf = (feature: Feature, environment: Record<string, string>) =>
  readSettings([feature], environment).of(feature.name);

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

  it('are refused together, those of all features', () => {
    const other = defineFeature({ name: 'other', settings: z.object({ limit: z.coerce.number() }) });
    expect(() => readSettings([crm, other], { AUTOMATE_MY_CRM_ROW_LIMIT: '0', AUTOMATE_OTHER_LIMIT: 'x' })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/AUTOMATE_MY_CRM_ROW_LIMIT .*; AUTOMATE_OTHER_LIMIT /) }),
    );
  });

  it('are none for a feature that declares none', () => {
    expect(settingsOf(defineFeature({ name: 'plain' }), { AUTOMATE_PLAIN_X: '1' })).toEqual({});
  });
});
