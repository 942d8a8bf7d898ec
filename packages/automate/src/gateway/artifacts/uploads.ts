import { type Context, headerOf } from '../../api/index.ts';
import { commonErrors } from '../../kernel/index.ts';
import { type FormFile, filesOf } from './form-parts.ts';

/** A file of a request, with its length where that is known. */
export interface Upload extends FormFile {
  readonly expectedBytes: number | undefined;
}

/** The files of a form, or the one that is the body. @param name of the latter @throws AppError `invalid_input` when there is none */
export async function* uploadsOf(ctx: Context, name: string | undefined): AsyncGenerator<Upload> {
  const source = ctx.request.openBody?.();
  if (!source) throw commonErrors.invalid_input('The body is empty: send a file, or a form with files.');
  const contentType = headerOf(ctx.request, 'content-type');
  const length = headerOf(ctx.request, 'content-length');
  const expectedBytes = length === undefined ? undefined : Number(length);
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(contentType ?? '')) {
    yield { name, contentType, source, expectedBytes };
    return;
  }
  let isEmpty = true;
  for await (const file of filesOf(source, contentType as string)) {
    yield { ...file, expectedBytes: undefined };
    isEmpty = false;
  }
  if (isEmpty) throw commonErrors.invalid_input('The form has no file: send one or several.');
}
