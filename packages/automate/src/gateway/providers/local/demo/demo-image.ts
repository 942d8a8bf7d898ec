import { createHash } from 'node:crypto';
import type { ImageModelV4, ImageModelV4CallOptions } from '@ai-sdk/provider';
import { invalidInput } from '../../../../kernel/index.ts';
import { createCanvas } from './canvas.ts';
import { encodePng } from './png.ts';

const SMALLEST = 64;
const LARGEST = 2_048;
const MAXIMUM_PICTURES = 4;

/** Draws the prompt itself, under the word DEMO. */
export function createDemoImage(modelId: string): ImageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId,
    maxImagesPerCall: MAXIMUM_PICTURES,
    async doGenerate(options) {
      const { width, height } = sizeOf(options);
      if (!(options.n >= 1 && options.n <= MAXIMUM_PICTURES)) throw wrong('/n', `must be 1 to ${MAXIMUM_PICTURES}`);
      const images: Uint8Array[] = [];
      for (let index = 0; index < options.n; index += 1) {
        options.abortSignal?.throwIfAborted();
        images.push(await draw(options.prompt ?? '', { width, height, seed: `${options.seed ?? 0} ${index}` }));
      }
      return {
        images,
        warnings: [{ type: 'other', message: 'demo: the picture is drawn by a program, no model has made it.' }],
        response: { timestamp: new Date(), modelId, headers: undefined },
      };
    },
  };
}

function draw(prompt: string, { width, height, seed }: { width: number; height: number; seed: string }): Promise<Uint8Array> {
  const [hue = 0, ...places] = createHash('sha256').update(`${seed}\n${prompt}`).digest();
  const canvas = createCanvas(width, height);
  const unit = Math.max(1, Math.floor(width / 64));
  for (let index = 0; index < 6; index += 1) {
    const [x = 0, y = 0, size = 0] = places.slice(index * 3);
    canvas.box({
      left: Math.floor((x / 256) * width),
      top: Math.floor(height * (0.5 + y / 512)),
      width: Math.floor((width * (20 + size / 3)) / 512),
      height: Math.floor((height * (20 + size / 3)) / 512),
      color: 2 + (index % 3),
    });
  }
  const scale = Math.max(1, Math.floor(unit * 1.5));
  canvas.text('DEMO', { left: unit * 3, top: unit * 3, scale });
  const small = Math.max(1, Math.floor(unit / 2));
  const perLine = Math.floor((width - unit * 6) / (6 * small));
  const lines = prompt.slice(0, 400).match(new RegExp(`.{1,${Math.max(1, perLine)}}`, 'gu')) ?? [];
  const top = unit * 5 + scale * 7;
  for (const [index, line] of lines.slice(0, 8).entries()) {
    canvas.text(line, { left: unit * 3, top: top + index * small * 10, scale: small });
  }
  return encodePng({ width, height, pixels: canvas.pixels, palette: paletteOf(hue) });
}

/** Ground, ink, and three tones of one colour. */
function paletteOf(hue: number): [number, number, number][] {
  const tone = (light: number): [number, number, number] => [
    Math.round(light * (0.6 + 0.4 * Math.abs(Math.sin(hue / 40)))),
    Math.round(light * (0.6 + 0.4 * Math.abs(Math.sin(hue / 40 + 2)))),
    Math.round(light * (0.6 + 0.4 * Math.abs(Math.sin(hue / 40 + 4)))),
  ];
  return [[255, 255, 255], [16, 16, 16], tone(240), tone(215), tone(190)];
}

function sizeOf({ size, aspectRatio }: ImageModelV4CallOptions): { width: number; height: number } {
  const [across = 1, down = 1] = (aspectRatio ?? '1:1').split(':').map(Number);
  const [width = 0, height = 0] = size?.split('x').map(Number) ?? [512, Math.round((512 * down) / across)];
  const isFine = [width, height].every((each) => Number.isInteger(each) && each >= SMALLEST && each <= LARGEST);
  if (isFine) return { width, height };
  throw wrong(
    size === undefined ? '/aspect_ratio' : '/size',
    `must make ${SMALLEST} to ${LARGEST} pixels a side, as "512x512" does`,
  );
}

function wrong(pointer: string, message: string) {
  return invalidInput([{ pointer, code: 'out_of_range', message }]);
}
