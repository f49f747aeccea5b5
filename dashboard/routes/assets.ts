import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Middleware } from 'koa';

/** Style sheets, the icon and the scripts of the browser, held in memory. */
export interface Assets {
  /** A digest of all contents: it stands in every address, so that browsers may keep what they have for ever. */
  readonly version: string;
  readonly files: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Reads them once. Run from source, the scripts are those of the last build; without a build pages do without. */
export function loadAssets(): Assets {
  const beside = new URL('../client/', import.meta.url);
  const built = new URL('../../dist/dashboard/client/', import.meta.url);
  const client = existsSync(new URL('main.js', beside)) ? beside : built;
  const files = new Map([...readFolder(new URL('../assets/', import.meta.url), ''), ...readFolder(client, 'client/')]);
  const digest = createHash('sha256');
  for (const [name, { content }] of files) digest.update(`${name}\0${content.length}\0`).update(content);
  return { version: digest.digest('hex').slice(0, 16), files };
}

function readFolder(folder: URL, prefix: string): [string, Asset][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name): [string, Asset][] => {
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
      return type ? [[prefix + name, { type, content: readFileSync(new URL(name, folder)) }]] : [];
    });
}

const ADDRESS = /^\/assets\/([0-9a-f]+)\/(.+)$/;
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Answers `/assets/VERSION/NAME`. Only names that were read are known, so no path leads anywhere else. */
export function serveAssets({ version, files }: Assets): Middleware {
  return async (ctx, next) => {
    const [, asked, name] = ADDRESS.exec(ctx.path) ?? [];
    const asset = name === undefined ? undefined : files.get(name);
    if (!asset || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    // A page from before an update asks for the old version; it gets the new one, but may not keep it.
    ctx.set('Cache-Control', asked === version ? FOR_EVER : 'no-cache');
    ctx.set('Content-Type', asset.type);
    ctx.body = asset.content;
  };
}
