/** The baseline: reads each body to its end and answers, as any HTTP receiver on Node must. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
});
server.listen(0, '127.0.0.1', () => console.log(`http  http://127.0.0.1:${(server.address() as AddressInfo).port}`));
