/**
 * What better-auth refuses, as problem details (RFC 9457): its code and its sentence stay, in the shape that every
 * refusal of the API has. What fails inside it is thrown, and is a bug or an outage to whoever called.
 */
import { STATUS_CODES } from 'node:http';

const problemType = 'application/problem+json';

/** @param request whose header X-Request-Id names it. */
export async function translated(request: Request, response: Response): Promise<Response> {
  const { status } = response;
  const headers = new Headers(response.headers);
  headers.set('cache-control', 'no-store');
  if (status >= 300 && status < 400) {
    // A redirect has no body, whatever the library says of its type.
    headers.delete('content-type');
    return new Response(null, { status, headers });
  }
  if (status < 300) return new Response(response.body, { status, headers });
  const { code, message } = await refusalIn(response);
  if (status >= 500) throw new Error(`The sign-in library failed with ${code}.`);
  headers.set('content-type', problemType);
  headers.delete('content-length');
  const retryAfter = headers.get('x-retry-after');
  if (retryAfter !== null) headers.set('retry-after', retryAfter);
  headers.delete('x-retry-after');
  const problem = {
    type: `urn:clientele:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    error: message,
    code,
    errors: [],
    request_id: request.headers.get('x-request-id') ?? '',
  };
  return new Response(JSON.stringify(problem), { status, headers });
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

async function refusalIn(response: Response): Promise<Refusal> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => null);
  const { code, message } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Refusal>;
  const name = STATUS_CODES[status] ?? 'Error';
  return {
    code: typeof code === 'string' ? code : name.toUpperCase().replaceAll(/[^A-Z]+/g, '_'),
    message: typeof message === 'string' && message !== '' ? sentence(message) : sentence(name),
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
