import { expect, it } from 'vitest';
import { createCanvas } from './canvas.ts';

it('letters are legible', () => {
  const width = 24;
  const canvas = createCanvas(width, 7);
  canvas.text('DEMO', { left: 0, top: 0, scale: 1 });
  const rows = Array.from({ length: 7 }, (_, row) =>
    [...canvas.pixels.subarray(row * width, (row + 1) * width)]
      .map((color) => (color === 1 ? '#' : ' '))
      .join('')
      .trimEnd(),
  );
  expect(rows).toEqual([
    '###   ##### #   #  ###',
    '#  #  #     ## ## #   #',
    '#   # #     # # # #   #',
    '#   # ####  # # # #   #',
    '#   # #     #   # #   #',
    '#  #  #     #   # #   #',
    '###   ##### #   #  ###',
  ]);
});

it('nothing is drawn beside the picture', () => {
  const canvas = createCanvas(10, 10);
  canvas.box({ left: -5, top: -5, width: 7, height: 100, color: 2 });
  canvas.text('Wide text', { left: 5, top: 8, scale: 3 });
  expect(canvas.pixels).toHaveLength(100);
  expect(canvas.pixels.filter((color) => color === 2)).toHaveLength(20);
});
