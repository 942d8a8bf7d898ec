import { columnsOf } from './letters.ts';

/** A picture of a byte a pixel, which is the number of its colour: 0 the ground, 1 the ink. */
export interface Canvas {
  readonly pixels: Uint8Array;
  box(options: { left: number; top: number; width: number; height: number; color: number }): void;
  /** Each letter is 5 by 7 squares of `scale` pixels. */
  text(text: string, options: { left: number; top: number; scale: number }): void;
}

export function createCanvas(width: number, height: number): Canvas {
  const pixels = new Uint8Array(width * height);
  const canvas: Canvas = {
    pixels,
    box({ left, top, width: across, height: down, color }) {
      const [from, to] = [Math.max(0, left), Math.min(width, left + across)];
      for (let y = Math.max(0, top); y < Math.min(height, top + down) && from < to; y += 1) {
        pixels.fill(color, y * width + from, y * width + to);
      }
    },
    text(text, { left, top, scale }) {
      let x = left;
      for (const letter of text) {
        for (const column of columnsOf(letter)) {
          for (let row = 0; row < 8; row += 1) {
            if ((column >> row) & 1) canvas.box({ left: x, top: top + row * scale, width: scale, height: scale, color: 1 });
          }
          x += scale;
        }
        x += scale;
        if (x >= width) return;
      }
    },
  };
  return canvas;
}
