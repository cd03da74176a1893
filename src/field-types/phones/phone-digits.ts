/** The digits of a phone number that is written with nothing but digits and punctuation. */

const plus = 0x2b;
const digitsMin = 3;
const longest = 60;
const extensionMax = 9;

/**
 * @returns the digits, behind a `+` when one begins the number; an extension such as x4715 is left out. Undefined
 * when anything else stands in the text, so that it takes more to read it.
 */
export function scanPhone(text: string): string | undefined {
  if (text.length > longest) return undefined;
  let digits = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x30 && unit <= 0x39) digits += text[at];
    else if (unit === plus && digits === '') digits = '+';
    else if (unit === 0x78 || unit === 0x58) return isExtension(text, at + 1) ? enough(digits) : undefined;
    else if (!isPunctuation(unit)) return undefined;
  }
  return enough(digits);
}

function enough(digits: string): string | undefined {
  return digits.length >= (digits.startsWith('+') ? digitsMin + 1 : digitsMin) ? digits : undefined;
}

/** Space, hyphen, point, slash, brackets, and the space that does not break. */
function isPunctuation(unit: number): boolean {
  return (
    unit === 0x20 ||
    unit === 0x28 ||
    unit === 0x29 ||
    (unit >= 0x2d && unit <= 0x2f) ||
    unit === 0x5b ||
    unit === 0x5d ||
    unit === 0xa0
  );
}

/** One to nine digits up to the end of the text. */
function isExtension(text: string, start: number): boolean {
  const length = text.length - start;
  if (length < 1 || length > extensionMax) return false;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return true;
}
