import type { ApiContext } from './context.ts';
import { ApiProblem } from './problem.ts';

const MOST_BYTES = 64 * 1024;

/** The JSON object a request carries. Anything else is a problem that says why. */
export async function readJsonObject(ctx: ApiContext): Promise<Readonly<Record<string, unknown>>> {
  if (!ctx.is('application/json')) {
    throw new ApiProblem(415, 'Send the request with "Content-Type: application/json".');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection stays open for the answer when reading stops early.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      const headers = { Connection: 'close' };
      throw new ApiProblem(413, `The request has more than ${MOST_BYTES} bytes.`, { headers });
    }
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiProblem(400, 'The request must be a JSON object.');
  }
  return body as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiProblem(400, 'The request is not valid JSON.');
  }
}
