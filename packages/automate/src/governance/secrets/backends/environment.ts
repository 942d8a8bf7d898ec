import { secretErrors } from '../errors.ts';
import type { SecretBackend } from './backend.ts';

/** Names that would never be found, or not as what their writer hopes for. */
const RESERVED = ['DATABASE_URL', 'KEY', 'KEY_PREVIOUS'];

/** `env://STRIPE_KEY` is the variable `AUTOMATE_SECRET_STRIPE_KEY`, and no variable of another kind. */
export function environmentBackend(values: Readonly<Record<string, string>>): SecretBackend {
  const nameOf = (path: string) => path.replace(/^AUTOMATE_SECRET_/, '');
  return {
    check(path) {
      if (RESERVED.includes(nameOf(path))) return 'must not name what belongs to the installation';
      if (!/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(path)) return 'must name a variable, as in env://STRIPE_KEY';
      if (Object.hasOwn(values, nameOf(path))) return undefined;
      return `must name a variable that the operator has set: here, there is no AUTOMATE_SECRET_${nameOf(path)}`;
    },
    async read(path) {
      const value = Object.hasOwn(values, nameOf(path)) ? values[nameOf(path)] : undefined;
      if (value === undefined) throw secretErrors.secret_not_found(`The variable AUTOMATE_SECRET_${nameOf(path)} is not set.`);
      return value;
    },
  };
}
