/** Tells JSON and NDJSON from delimited text by how it begins. */

/** @returns undefined when the text is neither. */
export function looksLikeJson(head: Buffer, complete: boolean): 'json' | 'ndjson' | undefined {
  const text = head.toString('utf8').trimStart();
  if (text.startsWith('[')) return /^\[\s*(?:[[{"\]\d-]|true|false|null)/.test(text) ? 'json' : undefined;
  if (!/^\{\s*(?:"|\})/.test(text)) return undefined;
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  // The last line of a sample may be cut.
  const judged = complete || lines.length === 1 ? lines : lines.slice(0, -1);
  const whole = judged.filter((line) => isObject(line)).length;
  // JSON over several lines begins with an object that is not whole: one that is, is a row of its own.
  if (judged.length > 1)
    return isObject(judged[0] as string) || whole * 2 >= judged.length ? 'ndjson' : 'json';
  return whole === 1 && complete && !/:\s*\[\s*\{/.test(text) ? 'ndjson' : 'json';
}

function isObject(line: string): boolean {
  const trimmed = line.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch {
    return false;
  }
}
