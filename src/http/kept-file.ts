/** The file of an export as an answer: whole, or the part that is asked for. */
import { Readable } from 'node:stream';
import { bytesOf, download, type Taker } from '../export/downloads.ts';
import type { ExportEntry } from '../export/history.ts';
import { fileThere } from '../export/kept-file.ts';
import { attachment } from './attachment.ts';
import { isHeld, wantedRange } from './byte-range.ts';
import type { Call, EmptyAnswer, Headers, StreamAnswer } from './define-route.ts';

/** @throws AppError `export.move`, `export.gone`, `file.store_unreachable` */
export async function answerKept(
  { services, request }: Pick<Call<unknown, unknown, unknown>, 'services' | 'request'>,
  entry: ExportEntry,
  taker: Taker,
  more: Headers = {},
): Promise<StreamAnswer | EmptyAnswer> {
  const file = fileThere(entry);
  const bytes = bytesOf(entry);
  const etag = `"${entry.sha256}"`;
  const headers = { ...more, etag, 'accept-ranges': 'bytes' };
  if (isHeld(request.headers, { bytes, etag })) return { status: 304, headers };
  const range = wantedRange(request.headers, { bytes, etag });
  if (range === 'beyond')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${bytes}` } };
  const isAsked = request.method === 'HEAD';
  const taking = isAsked
    ? Readable.from([])
    : await download(services.database, services.files, entry, taker, range ?? undefined);
  return {
    status: range === null ? 200 : 206,
    type: file.mediaType,
    headers: {
      ...headers,
      ...attachment(file.name),
      'content-length': String(range === null ? bytes : range.last - range.first + 1),
      ...(range === null ? {} : { 'content-range': `bytes ${range.first}-${range.last}/${bytes}` }),
    },
    stream: taking,
  };
}
