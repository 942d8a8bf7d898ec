/** A text or a number in JSON. */
export interface JsonLiteral {
  readonly start: number;
  readonly end: number;
}

/** The texts, keys too, and the numbers of what is known to be JSON. */
export function* jsonLiterals(json: string): Generator<JsonLiteral> {
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    const start = at;
    if (unit === QUOTE) at = endOfText(json, at);
    else if (unit === MINUS || isDigit(unit)) while (at + 1 < json.length && isInNumber(json.charCodeAt(at + 1))) at += 1;
    else continue;
    yield { start, end: at + 1 };
  }
}

/**
 * JSON with some of its texts and numbers changed; all else stays, byte for byte. A number that changes becomes a text.
 * @param change gets what a text says
 */
export async function mapJsonText(json: string, change: (text: string) => Promise<string>): Promise<string> {
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end } of jsonLiterals(json)) {
    const literal = json.slice(start, end);
    const text = literal.startsWith('"') ? (JSON.parse(literal) as string) : literal;
    const changed = await change(text);
    if (changed === text) continue;
    pieces.push(json.slice(done, start), JSON.stringify(changed));
    done = end;
  }
  return done === 0 ? json : pieces.join('') + json.slice(done);
}

/** The place of the quote that ends the text which starts here. */
function endOfText(json: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const unit = json.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** Digits, `.`, `+`, `-`, `e` and `E`. */
function isInNumber(unit: number): boolean {
  return isDigit(unit) || unit === 0x2e || unit === 0x2b || unit === MINUS || unit === 0x65 || unit === 0x45;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
