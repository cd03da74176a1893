const charactersMax = 255;

/** What a client calls its file, on one line. Of a name without end the end is kept, which says what the file is. */
export function fileNameOf(given: string): string {
  const name = given.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return [...name].slice(-charactersMax).join('') || 'upload';
}
