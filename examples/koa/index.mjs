import { register, severities } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';
import Koa from 'koa';

// A server ends by a signal, so that is when its last records have to go.
register({ service: 'web-shop', flushOnSignals: true });
const logger = logs.getLogger('http');

const app = new Koa();

// Koa hands every error of a request to this event, after it has answered. Ours is then the only word about it.
app.on('error', (error, ctx) => {
  const status = error.status ?? 500;
  logger.emit({
    ...(status >= 500 ? severities.ERROR : severities.WARN),
    body: `${ctx.method} ${ctx.path} failed: ${error.message}`,
    attributes: {
      'http.request.method': ctx.method,
      'url.path': ctx.path,
      'http.response.status_code': status,
      'exception.type': error.name,
      'exception.message': error.message,
      'exception.stacktrace': error.stack,
    },
  });
});

app.use(async (ctx) => {
  if (ctx.path === '/crash') throw new RangeError('card expired 11/25');
  ctx.assert(ctx.path === '/', 404, 'no such page');
  ctx.body = 'hello';
  logger.emit({ ...severities.INFO, body: 'greeted', attributes: { 'url.path': ctx.path } });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  console.log(`${address} greets, ${address}/crash fails`);
});
