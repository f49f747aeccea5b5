import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'koa';
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

const compress = promisify(gzip);
/** Strips repeat themselves so much that even the lightest setting makes pages a tenth of their size. */
const LEVEL = 3;
const WORTH_COMPRESSING = 2048;

/** Answers with a page. Pages show what is now, so they are never kept. */
export async function sendPage(ctx: Context, page: VNode, status = 200): Promise<void> {
  const html = `<!DOCTYPE html>${render(page)}`;
  ctx.status = status;
  ctx.set('Content-Type', 'text/html; charset=utf-8');
  ctx.set('Cache-Control', 'private, no-cache');
  ctx.vary('Cookie');
  ctx.vary('Accept-Encoding');
  if (html.length < WORTH_COMPRESSING || ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') {
    ctx.body = html;
    return;
  }
  ctx.set('Content-Encoding', 'gzip');
  ctx.body = await compress(html, { level: LEVEL });
}
