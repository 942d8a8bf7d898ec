import type { RecognitionModel } from '../providers/provider-kind.ts';
import { openTaskCall, requireModelFor } from './able-kinds.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { guardTexts } from './guarded-texts.ts';
import { requireReadablePicture } from './media-type.ts';
import { tryTargets } from './try-targets.ts';

export interface RecognizeRequest {
  readonly model: string;
  readonly image: Uint8Array;
  /** @example 'eng' */
  readonly language?: string | undefined;
  readonly signal: AbortSignal;
  readonly protocol: string;
}

/** The text of a picture; boxes are left, top, right and bottom in pixels. */
export type RecognizedPage = Awaited<ReturnType<RecognitionModel['doRecognize']>>;

/** Reads the text of a picture, by whichever target answers. @throws AppError as all calls, `invalid_input` for what is no picture */
export async function recognize(
  services: CallServices,
  caller: Caller,
  { model, image, language, signal, protocol }: RecognizeRequest,
): Promise<{ readonly call: Call; readonly page: RecognizedPage }> {
  const mediaType = requireReadablePicture(image, '/image');
  const asked = { bytes: image.length, media_type: mediaType, language };
  const facts = { caller, task: 'image.ocr' as const, model, protocol, isStreamed: false, request: asked };
  const call = await openTaskCall(services, facts, { inputTokens: 0, outputTokens: 0, measured: { images: 1 } });
  try {
    const { run } = await guardTexts(services, call, [], signal);
    return await tryTargets(services, call, signal, async (target, patience) => {
      const recognition = await requireModelFor(services, target, 'image.ocr', target.client.recognition?.(target.model));
      const page = await recognition.doRecognize({ image, language, abortSignal: patience.signal });
      patience.stop();
      call.measured = { images: 1 };
      call.noteFirstByte();
      const [text = ''] = run ? await run.outputTexts([page.text]) : [page.text];
      call.succeed({ text, confidence: page.confidence });
      // What a guardrail has changed in the whole may stand in the lines.
      return { call, page: text === page.text ? page : { ...page, text, lines: [] } };
    });
  } catch (error) {
    call.fail(error);
    throw error;
  }
}
