/** The other side of outgoing calls. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Listening, listen } from './helpers.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

export function startShop(): Promise<Listening> {
  return listen(
    createServer(async (request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      if (pathname === '/login') {
        const { name } = (await json(request)) as { name: string };
        response.writeHead(201, JSON_TYPE).end(JSON.stringify({ for: name, token: 't0ps3cret' }));
      } else if (pathname === '/packed') {
        response
          .writeHead(200, { ...JSON_TYPE, 'Content-Encoding': 'gzip' })
          .end(gzipSync('{"packed":true,"pin":"1234"}'));
      } else if (pathname.startsWith('/wait/')) {
        await sleep(Math.random() * 10);
        response.end(pathname.slice('/wait/'.length));
      } else if (pathname === '/never') {
        response.writeHead(200).write('a beginning');
      } else if (pathname === '/break') {
        response.writeHead(200, { 'Content-Length': 100 }).write('a beginning', () => request.socket.destroy());
      } else if (pathname === '/hang-up') {
        request.socket.destroy();
      } else if (pathname === '/fail') {
        response.writeHead(500).end('no');
      } else if (pathname === '/moved') {
        response.writeHead(302, { Location: '/fine?token=t0ps3cret' }).end();
      } else {
        response.end('fine');
      }
    }),
  );
}
