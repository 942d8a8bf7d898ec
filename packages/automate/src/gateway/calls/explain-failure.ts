import { failureOf } from '../providers/kinds/failure.ts';
import { ProviderFault, toCallError } from './failed-call.ts';

/** Why a provider did not answer, for whoever tests it. */
export function explainFailure(error: unknown): { readonly code: string; readonly detail: string } {
  const failure = failureOf(error);
  const { code } = toCallError(new ProviderFault(failure, error), 'provider');
  return { code, detail: failure.status === undefined ? failure.message : `${failure.status}: ${failure.message}` };
}
