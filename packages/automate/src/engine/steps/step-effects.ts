import type { Outbound, OutboundResponse } from '../../outbound/index.ts';
import type { StepRequest } from './http/step-http.ts';
import type { StepResult } from './step-result.ts';
import type { StepType } from './step-type.ts';

/** A step that is about to run. */
export interface StepAtWork extends Pick<StepType, 'type' | 'effects'> {
  /** Where it goes, as far as its configuration tells. */
  readonly urls: readonly string[];
}

/** By what steps act on the outside: for real, or, in a dry run, by noting what they would do. */
export interface StepEffects {
  /** Whether the secrets of steps are placeholders, which may go anywhere. */
  readonly isDry: boolean;
  /** What can be known of a URL without a look-up. @throws AppError `outbound_refused` */
  checkUrl(url: string): void;
  /** @param path of the node that sends it @throws AppError `outbound_*` */
  send(request: StepRequest, path: string): Promise<OutboundResponse>;
  /** Asked before a step runs. @throws StepError when it does not run here */
  admit?(step: StepAtWork, path: string): void;
  /** What becomes of the result of a step. @throws StepError when it says what does not happen here */
  conclude?(result: StepResult, path: string): StepResult;
}

/** Steps act, through the guarded client. */
export function realEffects(outbound: Pick<Outbound, 'request' | 'checkText'>): StepEffects {
  return {
    isDry: false,
    checkUrl: (url) => outbound.checkText(url),
    send: (request) => outbound.request(request),
  };
}
