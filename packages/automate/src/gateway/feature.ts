import { defineFeature } from '../platform/index.ts';
import { gatewaySettings } from './settings.ts';

/** Every model behind one door. */
export const gateway = defineFeature({
  name: 'gateway',
  needs: ['outbound', 'audit', 'secrets', 'policies', 'redactFor', 'keyring', 'jobs', 'throttle', 'engine'],
  provides: [],
  settings: gatewaySettings,
  migrations: new URL('./migrations/', import.meta.url),
  create() {
    return {};
  },
});
