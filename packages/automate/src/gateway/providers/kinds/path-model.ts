import { gatewayErrors } from '../../errors.ts';

/**
 * The name of a model that becomes part of a path: it must not lead elsewhere.
 * @throws AppError `model_not_found`
 */
export function pathModel(model: string): string {
  const isSound = /^[\w.:@/-]{1,300}$/.test(model) && !/(^|\/)\.{0,2}(\/|$)/.test(model);
  if (!isSound)
    throw gatewayErrors.model_not_found(
      'The name of a model has letters, digits and `.`, `:`, `@`, `/`, `_`, `-`, and no empty or dotted parts.',
    );
  return model;
}
