/** A random JSON text, and what is in it that cannot be kept. */
export interface RandomJson {
  readonly text: string;
  /** Whether it holds a number that JavaScript cannot hold. */
  readonly hasInexactNumber: boolean;
}

/** The same seed gives the same numbers from 0 up to, not including, 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A JSON text with characters of all planes, NUL, halves of surrogate pairs, numbers up to 1e400, whole numbers of 40 digits, names that
 * JavaScript has plans for, deep and wide.
 */
export function randomJson(random: () => number): RandomJson {
  let hasInexactNumber = false;
  // Most are harmless, so that much of what is sent gets through.
  const isWild = random() < 0.4;
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const shape = random();
  const text = shape < 0.04 ? deep(below(70)) : shape < 0.08 ? wide(below(3_000)) : value(0);
  return { text, hasInexactNumber };

  function value(depth: number): string {
    const kind = random();
    if (depth < 6 && kind < 0.22) return `[${Array.from({ length: below(5) }, () => value(depth + 1)).join(', ')}]`;
    if (depth < 6 && kind < 0.45)
      return `{${Array.from({ length: below(5) }, (_, index) => `${key(index)}: ${value(depth + 1)}`).join(',')}}`;
    if (kind < 0.7) return string();
    if (kind < 0.93) return number();
    return pick(['true', 'false', 'null']);
  }

  function deep(levels: number): string {
    const isList = random() < 0.5;
    return isList ? `${'['.repeat(levels)}1${']'.repeat(levels)}` : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  }

  function wide(items: number): string {
    return random() < 0.5
      ? `[${Array.from({ length: items }, number).join()}]`
      : `{${Array.from({ length: items }, (_, index) => `${JSON.stringify(`k${index}`)}:${index}`).join()}}`;
  }

  function key(index: number): string {
    if (isWild && random() < 0.05) return pick(['"__proto__"', '"constructor"', '"prototype"', '"\\u0000"', '"\\ud800"']);
    const plain = [
      'toString',
      'length',
      'hasOwnProperty',
      '$secret',
      '$logic',
      'var',
      'secrets',
      'a/b~c',
      '',
      ' ',
      '😀',
      'é',
      'null',
    ];
    return JSON.stringify(random() < 0.5 ? `${pick(plain)}${index}` : `k${index}`);
  }

  function string(): string {
    const length = random() < 0.03 ? 5_000 : below(12);
    return `"${Array.from({ length }, character).join('')}"`;
  }

  function character(): string {
    const kind = random();
    if (isWild && kind < 0.01) return '\\u0000';
    if (isWild && kind < 0.03) return escaped(pick([0xd800, 0xdbff, 0xdc00, 0xdfff]));
    if (kind < 0.1)
      return pick(['\\n', '\\"', '\\\\', '\\/', '\\u0001', '\\u007f', '\\u2028', '\\ufeff', '\\uffff', '{', '}', '%', "'"]);
    if (kind < 0.6) return String.fromCharCode(0x23 + below(0x38));
    const point = kind < 0.8 ? 0xa0 + below(0xd700) : 0x10000 + below(0x100000);
    if (random() < 0.5) return String.fromCodePoint(point);
    return [...String.fromCodePoint(point)]
      .flatMap((whole) => whole.split(''))
      .map((unit) => escaped(unit.charCodeAt(0)))
      .join('');
  }

  function escaped(unit: number): string {
    return `\\u${unit.toString(16).padStart(4, '0')}`;
  }

  function digits(length: number): string {
    return `${1 + below(9)}${Array.from({ length: length - 1 }, () => below(10)).join('')}`;
  }

  function number(): string {
    const sign = random() < 0.3 ? '-' : '';
    const kind = random();
    if (kind < 0.4) return `${sign}${digits(1 + below(15))}`;
    if (kind < 0.6) return `${sign}${digits(1 + below(6))}.${digits(1 + below(9))}`;
    if (kind < 0.7) return `${sign}0.${'0'.repeat(below(10))}${digits(1 + below(20))}`;
    if (kind < 0.8) return `${sign}${digits(1)}e-${below(400)}`;
    if (kind < 0.85)
      return pick(['0', '-0', '0.0', '9007199254740991', '9007199254740992', '-9007199254740992', '1e23', '1E+22']);
    if (!isWild) return '1';
    const large = [digits(17 + below(24)), `${digits(1 + below(20))}e${below(400)}`, '9007199254740993', '1e400'];
    return remember(`${sign}${pick(large)}`);
  }

  /** Says what BigInt says of it, which knows no doubles. */
  function remember(literal: string): string {
    const [mantissa = '', power = '0'] = literal.split('e');
    const exact = BigInt(mantissa) * 10n ** BigInt(power);
    const size = exact < 0n ? -exact : exact;
    const held = Number(literal);
    if (size >= 2n ** 53n && !(Number.isFinite(held) && BigInt(plain(held)) === exact)) hasInexactNumber = true;
    return literal;
  }

  /** A whole number in digits, as JavaScript prints it. */
  function plain(held: number): string {
    const [mantissa = '', power = '0'] = String(held).split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    return `${whole}${fraction}${'0'.repeat(Math.max(Number(power) - fraction.length, 0))}`;
  }
}
