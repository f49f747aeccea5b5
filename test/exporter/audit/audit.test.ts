import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audit, diff, log, onEvent } from '../../../exporter/src/audit.ts';
import { type Actor, runAs } from '../../../exporter/src/context.ts';
import { type Recording, startRecording, warningsDuring } from '../helpers/recording.ts';

let recording: Recording;
beforeEach(() => {
  recording = startRecording();
});
afterEach(() => recording[Symbol.asyncDispose]());

/** Nothing about it can be asked. */
const unreadable: never = new Proxy(
  {},
  {
    get: () => {
      throw new Error('unreadable');
    },
    getPrototypeOf: () => {
      throw new Error('unreadable');
    },
  },
) as never;

const ANN: Actor = { id: 7, name: 'Ann', email: 'ann@shop.example' };

test('P70 an entry with everything', async () => {
  const event = audit.log({
    action: 'approve',
    template: '{who} approved {what}, {{final}}',
    values: { who: 'Ann', what: { invoice: 17 } },
    actor: ANN,
    object: { type: 'invoice', id: 17, name: 'Acme, May' },
    tool: 'back office',
    changes: diff({ state: 'open', lines: [{ id: 1, n: 1 }] }, { state: 'paid', lines: [{ id: 1, n: 2 }] }),
    extra: { ip: '10.0.0.1' },
    logger: 'invoices',
  });
  expect(await recording.only()).toMatchObject({
    eventName: 'logvitals.audit',
    severityNumber: 10,
    severityText: 'AUDIT',
    instrumentationScope: { name: 'invoices' },
    body: 'Ann approved {"invoice":17}, {final}',
    attributes: {
      'logvitals.audit.action': 'approve',
      'logvitals.audit.tool': 'back office',
      'logvitals.object.type': 'invoice',
      'logvitals.object.id': '17',
      'logvitals.object.name': 'Acme, May',
      'logvitals.changes': {
        old_value: { state: 'open', lines: { 1: { n: 1 } } },
        new_value: { state: 'paid', lines: { 1: { n: 2 } } },
      },
      'logvitals.message.template': '{who} approved {what}, {{final}}',
      'logvitals.message.values': { who: 'Ann', what: { invoice: 17 } },
      'logvitals.data': { ip: '10.0.0.1' },
      'user.id': '7',
      'user.name': 'Ann',
      'user.email': 'ann@shop.example',
    },
  });
  expect(event).toMatchObject({ action: 'approve', actor: ANN, body: 'Ann approved {"invoice":17}, {final}' });
});

test('P70 an entry with no more than it needs, its actor from the context', async () => {
  runAs({ id: 'u-1' }, () => audit.log({ action: 'access', object: { type: 'report', id: { year: 2026, month: 5 } } }));
  const { body, attributes, instrumentationScope } = await recording.only();
  expect(body).toBe('access report {"year":2026,"month":5}');
  expect(instrumentationScope.name).toBe('logvitals.audit');
  expect(attributes).toEqual({
    'logvitals.audit.action': 'access',
    'logvitals.object.type': 'report',
    'logvitals.object.id': '{"year":2026,"month":5}',
    'user.id': 'u-1',
  });
});

test('P70 nobody is nobody, whoever acts', async () => {
  runAs(ANN, () => audit.log({ action: 'purge', actor: null }));
  expect((await recording.only()).attributes).toEqual({ 'logvitals.audit.action': 'purge' });
});

describe('P71 a template that does not fit its values is refused, and nothing recorded', () => {
  test.each([
    ['{a} and {b}', { a: 1 }, 'there is no value for the placeholder {b}'],
    ['{a}', { a: 1, b: 2 }, 'the value "b" has no placeholder'],
    ['{a}, {a}', { a: 1 }, 'the placeholder {a} stands there twice'],
    ['{a', { a: 1 }, 'the { at 0 belongs to no {placeholder}'],
    ['50 } {a}', { a: 1 }, 'the } at 3 belongs to no {placeholder}'],
    ['{a b}', {}, 'the { at 0 belongs to no {placeholder}'],
    ['{toString}', {}, 'there is no value for the placeholder {toString}'],
    [undefined, { a: 1 }, 'the value "a" has no placeholder'],
    [17 as never, { a: 1 }, 'template is 17; it must be a text'],
    ['{a}', 17 as never, 'values is 17; it must be an object'],
  ])('%j with %j', async (template, values, message) => {
    const call = () => audit.log({ action: 'x', template, values });
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
    expect(await recording.all()).toEqual([]);
  });
});

test('P71 the text is frozen at write time, and values are never templates', async () => {
  const values = { who: '{what}', what: ['a'] };
  audit.log({ action: 'x', template: '{who}: {what}', values });
  values.what.push('b');
  const { body, attributes } = await recording.only();
  expect(body).toBe('{what}: ["a"]');
  expect(attributes['logvitals.message.values']).toEqual({ who: '{what}', what: ['a'] });
});

test('P71 a placeholder may be called as values are: in any script, with dots and dashes', () => {
  const values = { név: 'Ágnes', 'user.name': 'ann', 'first-name': 'Ann' };
  expect(audit.log({ action: 'x', template: '{név}, {user.name}, {first-name}', values }).body).toBe('Ágnes, ann, Ann');
});

describe('P57 logins', () => {
  test('one call each', async () => {
    audit.login(ANN, { clientAddress: '10.0.0.1', userAgent: 'curl/8', extra: { method: 'passkey' } });
    audit.logout(ANN);
    audit.loginFailed({ name: 'mallory' }, { reason: 'wrong_password', clientAddress: '10.0.0.9' });
    audit.loginFailed(null);
    const records = await recording.all();
    expect(records.map(({ eventName }) => eventName)).toEqual(Array(4).fill('logvitals.login'));
    expect(records.map(({ severityNumber, severityText, body }) => [severityNumber, severityText, body])).toEqual([
      [12, 'LOGIN', 'login Ann'],
      [12, 'LOGIN', 'logout Ann'],
      [13, 'LOGIN', 'login failed mallory'],
      [13, 'LOGIN', 'login failed anonymous'],
    ]);
    const user = { 'user.id': '7', 'user.name': 'Ann', 'user.email': 'ann@shop.example' };
    expect(records.map(({ attributes }) => attributes)).toEqual([
      {
        ...user,
        'logvitals.audit.action': 'login',
        'client.address': '10.0.0.1',
        'user_agent.original': 'curl/8',
        'logvitals.data': { method: 'passkey' },
      },
      { ...user, 'logvitals.audit.action': 'logout' },
      {
        'user.name': 'mallory',
        'logvitals.audit.action': 'login_failed',
        'error.type': 'wrong_password',
        'client.address': '10.0.0.9',
      },
      { 'logvitals.audit.action': 'login_failed', 'error.type': '_OTHER' },
    ]);
  });

  test('of whoever acts', async () => {
    runAs({ id: 7 }, () => audit.logout());
    expect(await recording.only()).toMatchObject({ body: 'logout 7', attributes: { 'user.id': '7' } });
  });
});

describe('P76 business events', () => {
  test('who did what to what, with what besides, back-dated', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const event = log(
      { id: 7, name: 'Ann' },
      'order_shipped',
      { type: 'order', id: 5n, name: 'Box' },
      { parcels: 2 },
      at,
    );
    expect(await recording.only()).toMatchObject({
      eventName: 'logvitals.audit',
      severityText: 'AUDIT',
      body: 'order_shipped order 5 "Box"',
      hrTime: [Math.floor(at.getTime() / 1_000), 678_000_000],
      attributes: {
        'logvitals.audit.action': 'order_shipped',
        'logvitals.object.type': 'order',
        'logvitals.object.id': '5',
        'logvitals.data': { parcels: 2 },
        'user.id': '7',
      },
    });
    expect(event).toMatchObject({ action: 'order_shipped', object: { type: 'order', id: 5n }, timestamp: at });
    expect(Object.isFrozen(event)).toBe(true);
  });

  test('by nobody, on nothing', async () => {
    const event = runAs(ANN, () => log(null, 'newsletter_sent'));
    expect(event).toMatchObject({ actor: null, body: 'newsletter_sent' });
    expect((await recording.only()).attributes).toEqual({ 'logvitals.audit.action': 'newsletter_sent' });
  });
});

describe('P77 hooks', () => {
  test('see every event as it was logged, until removed', () => {
    const seen: unknown[] = [];
    const remove = onEvent(({ action, actor }) => seen.push([action, actor?.name]));
    audit.log({ action: 'one', actor: ANN });
    log(null, 'two');
    audit.login(ANN);
    remove();
    audit.log({ action: 'three' });
    expect(seen).toEqual([
      ['one', 'Ann'],
      ['two', undefined],
      ['login', 'Ann'],
    ]);
  });

  test('that fail stop neither the application nor each other, and are said once', async () => {
    const seen: string[] = [];
    const hooks = [
      onEvent(() => {
        throw new Error('broken hook');
      }),
      onEvent(async () => {
        throw new Error('broken promise');
      }),
      onEvent(({ action }) => seen.push(action)),
    ];
    const warnings = await warningsDuring(() => {
      log(null, 'one');
      log(null, 'two');
    });
    for (const remove of hooks) remove();
    expect(seen).toEqual(['one', 'two']);
    expect(await recording.all()).toHaveLength(2);
    expect(warnings).toEqual(['a hook on audit events failed, which is ignored: broken hook']);
  });

  test.each<[string, unknown]>([
    ['no message', Object.assign(new Error('x'), { message: undefined })],
    ['a number for a message', Object.assign(new Error('x'), { message: 5 })],
    ['nothing that can be read', unreadable],
    ['no error at all', undefined],
  ])('that fail with %s stop nothing either', async (_what, error) => {
    const rejections: unknown[] = [];
    const listen = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', listen);
    const hooks = [
      onEvent(() => {
        throw error;
      }),
      onEvent(() => Promise.reject(error)),
    ];
    try {
      await warningsDuring(() => log(null, 'one'));
    } finally {
      for (const remove of hooks) remove();
      process.off('unhandledRejection', listen);
    }
    expect(rejections).toEqual([]);
    expect(await recording.all()).toHaveLength(1);
  });

  test('see what was logged, though it has changed since', async () => {
    const object = { type: 'order', id: 5, name: 'Box' };
    const actor = { id: 7, name: 'Ann' };
    const late = Promise.withResolvers<unknown>();
    const remove = onEvent(async (event) => {
      await Promise.resolve();
      late.resolve([event.object, event.actor]);
    });
    log(actor, 'pack', object);
    object.name = 'Bag';
    actor.name = 'Bob';
    remove();
    expect(await late.promise).toEqual([
      { type: 'order', id: 5, name: 'Box' },
      { id: 7, name: 'Ann' },
    ]);
  });

  test('that log do not call themselves', async () => {
    const remove = onEvent(async () => {
      log(null, 'from the hook');
      await Promise.resolve();
      log(null, 'later from the hook');
    });
    await warningsDuring(() => log(null, 'one'));
    remove();
    expect((await recording.all()).map(({ body }) => body)).toEqual(['one', 'from the hook', 'later from the hook']);
  });

  test('that take themselves out and in again are called once', () => {
    const seen: string[] = [];
    let remove = () => {};
    const hook = ({ action }: { action: string }) => {
      seen.push(action);
      if (seen.length > 2) return;
      remove();
      remove = onEvent(hook);
    };
    remove = onEvent(hook);
    log(null, 'one');
    remove();
    expect(seen).toEqual(['one']);
  });

  test('that never come to an end keep nobody waiting', async () => {
    const remove = onEvent(() => new Promise(() => {}));
    expect(log(null, 'one').action).toBe('one');
    remove();
    expect(await recording.all()).toHaveLength(1);
  });

  test('must be functions', () => {
    expect(() => onEvent('log' as never)).toThrow('onEvent() needs a function');
  });
});

test('P64 whatever is said of who did what to what, nothing throws', async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const odd: readonly unknown[] = [10n, Symbol('odd'), cyclic, null, Object.create(null), () => 1, Number.NaN];
  for (const value of odd) {
    const any = value as never;
    log({ id: any, name: any, email: any }, any, { type: any, id: any, name: any }, value, any);
    audit.log({ action: any, object: { type: any, name: any }, tool: any, at: any, values: null as never });
    audit.login({ name: any }, null as never);
    audit.loginFailed({ email: any }, { reason: any, at: any });
    audit.logout({ id: any }, null as never);
  }
  expect(await recording.all()).toHaveLength(odd.length * 5);
});

test('P64 what cannot be read is left out, and nothing throws', async () => {
  const throwing = <Name extends string>(name: Name) =>
    Object.defineProperty({ type: 'order', id: 5 }, name, {
      get() {
        throw new Error('not loaded');
      },
      enumerable: true,
    });
  const bodies = [
    audit.log({ action: 'read', object: throwing('name') }),
    log(throwing('email'), 'send', throwing('id')),
    audit.login(throwing('name'), throwing('at') as never),
    audit.logout(throwing('name')),
    audit.loginFailed(throwing('email'), throwing('reason') as never),
    audit.log({ action: 'show', template: '{type} {id} {it}', values: throwing('it') as never }),
    log(unreadable, 'burn', unreadable),
    audit.log({ action: 'log', logger: unreadable, tool: unreadable, changes: unreadable, extra: unreadable }),
    audit.log(undefined as never),
  ].map(({ body }) => body);
  expect(bodies).toEqual([
    'read order 5',
    'send order',
    'login 5',
    'logout 5',
    'login failed 5',
    'order 5 [unreadable]',
    'burn',
    'log',
    '',
  ]);
  expect((await recording.all()).map(({ body }) => body)).toEqual(bodies);
});

test('P70 what is empty is no word of the text, and no logger', async () => {
  audit.log({ action: 'update', object: { type: 'order', id: 0, name: '' }, logger: '' });
  const { body, instrumentationScope, attributes } = await recording.only();
  expect([body, instrumentationScope.name]).toEqual(['update order 0', 'logvitals.audit']);
  expect(attributes).toMatchObject({ 'logvitals.object.id': '0', 'logvitals.object.name': '' });
});

test('P70 P76 what is null is not there', () => {
  const object = { type: 'order', id: null, name: null as never };
  const entry = { action: 'update', object, template: null as never, values: null as never, at: null as never };
  const before = Date.now();
  const { body, template, timestamp } = audit.log(entry);
  expect({ body, template }).toEqual({ body: 'update order', template: undefined });
  expect(timestamp.getTime()).toBeGreaterThanOrEqual(before);
});
