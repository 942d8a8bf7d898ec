import { defineErrors } from '../../kernel/index.ts';

export const keyringErrors = defineErrors({
  secret_key_unknown: [500, 'Secret key unknown'],
  sealed_value_damaged: [500, 'Sealed value damaged'],
  keyring_closed: [503, 'Not ready'],
});
