/** Any JSON value that can be stored: texts of all planes of Unicode, numbers of every size, lists and objects within each other. */
export function randomValue(random: () => number, depth = 0): unknown {
  const kinds = depth < 4 ? 8 : 6;
  switch (Math.floor(random() * kinds)) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return Math.trunc((random() - 0.5) * 2 ** 53);
    case 3:
      return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
    case 4:
    case 5:
      return randomText(random);
    case 6:
      return listOf(random, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(listOf(random, () => [`k${randomText(random)}`, randomValue(random, depth + 1)]));
  }
}

function listOf<Item>(random: () => number, make: () => Item): Item[] {
  return Array.from({ length: Math.floor(random() * 4) }, make);
}

const PIECES = [
  ',',
  ';',
  '"',
  "'",
  '\\',
  '\n',
  '\r\n',
  '\t',
  '{',
  '}',
  '[',
  '=',
  '＝',
  '-',
  'null',
  '1',
  ' ',
  '\ufeff',
  '\u2028',
];

function randomText(random: () => number): string {
  return listOf(random, () => {
    if (random() < 0.6) return PIECES[Math.floor(random() * PIECES.length)] as string;
    const point = 1 + Math.floor(random() * 0x10fffe);
    return point >= 0xd800 && point <= 0xdfff ? '?' : String.fromCodePoint(point);
  }).join('');
}
