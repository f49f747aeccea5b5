/**
 * What a TextColumn costs and saves on texts of many kinds, beside plain zstd of the same texts joined. Its streams are
 * packed each by itself, as a block does.
 * `node test/bench/texts.ts [part of a kind's name]`
 */
import { constants, zstdCompressSync } from 'node:zlib';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { Random } from '../../receiver/demo/random.ts';
import { LaterBytes } from '../../receiver/store/embedded/block/later-bytes.ts';
import { TextColumn } from '../../receiver/store/embedded/block/text/text-column.ts';
import { TextColumnBuilder } from '../../receiver/store/embedded/block/text/text-column-builder.ts';

const BLOCK = 8192;
const ROUNDS = 15;
const LEVELS = [1, 3];

const random = new Random(5, 1);
const pick = (...texts: string[]) => random.pick(texts);
const number = (most: number) => random.between(0, most);
const words = (count: number) => Array.from({ length: count }, () => word()).join(' ');
const word = () =>
  Array.from({ length: random.between(3, 9) }, () => 'abcdefghijklmnopqrstuvwxyz'[number(25)]).join('');
const character = () => String.fromCharCode(random.between(0x4e00, 0x4e00 + 400));
const padded = (value: number, digits: number) => String(value).padStart(digits, '0');
const clock = (row: number) =>
  `${padded(9 + Math.floor(row / 3600), 2)}:${padded(Math.floor(row / 60) % 60, 2)}:${padded(row % 60, 2)}`;
const uuid = () => random.hex(32).replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, '$1-$2-4$3-a$4-$5');

/** A block of texts of each kind. */
const KINDS: Readonly<Record<string, () => string[]>> = {
  'demo, one block a day': () => traffic(200_000),
  'demo, a busy hour': () => traffic(2_000_000),
  'demo client.address': () => attributeValues('client.address'),
  'demo order.id': () => attributeValues('order.id'),
  'demo url.path': () => attributeValues('url.path'),
  'demo product.sku': () => attributeValues('product.sku'),
  'nginx lines': () =>
    rows(
      (row) =>
        `10.${number(3)}.${number(255)}.${number(255)} - - [18/Nov/2026:${clock(row >> 2)} +0000] "${pick('GET', 'POST')} /${pick('cart', 'orders', 'search')}/${number(90000)} HTTP/1.1" ${pick('200', '304', '404')} ${number(50000)} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`,
    ),
  'Java stack traces': () =>
    rows(
      () =>
        `java.lang.IllegalStateException: order ${number(1e6)} is ${pick('closed', 'paid', 'open')}${Array.from({ length: random.between(3, 12) }, () => `\n\tat com.acme.${pick('cart', 'pay', 'stock')}.${pick('Service', 'Repository', 'Controller')}.${pick('find', 'save', 'run')}(Main.java:${number(400)})`).join('')}`,
    ),
  'JSON lines': () =>
    rows(
      (row) =>
        `{"ts":"2026-11-18T${clock(row >> 3)}.${padded(number(999), 3)}Z","level":"${pick('info', 'warn')}","msg":"${pick('request done', 'cache miss')}","req":{"id":"${random.hex(16)}","ms":${number(900)}.${number(99)}},"user":${number(5000)}}`,
    ),
  'UUID lines': () => rows(() => `job ${uuid()} of tenant ${uuid()} ${pick('started', 'finished')}`),
  'CJK text': () => rows(() => `注文 ${number(99999)} ${Array.from({ length: 20 }, character).join('')}`),
  'random words': () => rows(() => words(12)),
  'key=value lines': () =>
    rows(
      (row) =>
        `level=${pick('info', 'debug')} ts=${1_763_000_000_000 + row * 13 + number(9)} caller=${pick('main', 'http', 'db')}.go:${number(300)} user=user${number(400)} dur=${number(90)}.${padded(number(999), 3)}ms`,
    ),
};

function rows(make: (row: number) => string): string[] {
  return Array.from({ length: BLOCK }, (_, row) => make(row));
}

function traffic(recordsPerDay: number): string[] {
  const from = BigInt(Date.UTC(2026, 10, 18, 12)) * 1_000_000n;
  const texts: string[] = [];
  for (const record of generateTraffic({ seed: 7, from, to: from + 3_600_000_000_000n, recordsPerDay })) {
    texts.push(String(record.body));
    if (texts.length === BLOCK) break;
  }
  return texts;
}

/** Different values only, in the order they come, as the dictionary of an attribute has them. */
function attributeValues(key: string): string[] {
  const from = BigInt(Date.UTC(2026, 10, 18, 12)) * 1_000_000n;
  const texts = new Set<string>();
  let records = 0;
  for (const record of generateTraffic({
    seed: 7,
    from,
    to: from + 3_600_000_000_000n,
    recordsPerDay: 2_000_000,
  })) {
    const value = record.attributes.get(key);
    if (typeof value === 'string') texts.add(value);
    if (++records === BLOCK) break;
  }
  return [...texts];
}

/** Microseconds of the fastest of several rounds, and what it gave. */
function time<T>(run: () => T): { micros: number; result: T } {
  let best = Number.POSITIVE_INFINITY;
  let result!: T;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    result = run();
    best = Math.min(best, (performance.now() - start) * 1000);
  }
  return { micros: best, result };
}

const packed = (stream: Uint8Array, level: number) => Math.min(stream.length, zstd(stream, level).length);
const zstd = (bytes: Uint8Array, level: number) =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });

function measure(kind: string, texts: readonly string[]): void {
  const joined = Buffer.from(texts.join('\n'));
  const chunk = Buffer.from(texts.join(''));
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const built = time(() => {
    const builder = new TextColumnBuilder();
    let end = 0;
    for (const length of lengths) {
      builder.add(chunk, end, end + length);
      end += length;
    }
    const streams: Uint8Array[] = [];
    builder.write((stream) => streams.push(stream));
    return streams;
  });
  const read = time(() => {
    let place = 0;
    return TextColumn.read(() => {
      const stream = built.result[place++]!;
      return new LaterBytes(stream.length, () => stream);
    });
  });
  const column = read.result;
  const order = texts.map((_, place) => (place * 7919) % texts.length);
  const each = time(() => order.reduce((units, place) => units + column.text(place).length, 0));
  const search = (needle: string) => time(() => column.markContaining(needle, null, new Uint8Array(column.size)));
  const per = (bytes: number) => (bytes / texts.length).toFixed(2).padStart(7);
  const sizes = LEVELS.map((level) => {
    const { micros, result } = time(() => built.result.reduce((size, stream) => size + packed(stream, level), 0));
    return `z${level}${per(result)} (${(micros / texts.length).toFixed(2)} µs, plain${per(zstd(joined, level).length)})`;
  });
  console.log(
    [
      kind.padEnd(22),
      `${String(texts.length).padStart(5)} of${per(chunk.length)} B`,
      `written${per(Buffer.concat(built.result).length)} B`,
      ...sizes,
      `build ${(built.micros / texts.length).toFixed(3)} µs`,
      `read ${read.micros.toFixed(0)} µs`,
      `text ${(each.micros / texts.length).toFixed(3)} µs`,
      `search 'order' ${search('order').micros.toFixed(0)}, 'cart' ${search('cart').micros.toFixed(0)}, '4711' ${search('4711').micros.toFixed(0)}, '(@)' ${search('(@)').micros.toFixed(0)} µs`,
      `held ${(column.heldBytes / texts.length).toFixed(1)} B`,
    ].join(' · '),
  );
}

for (const [kind, make] of Object.entries(KINDS)) {
  if (kind.includes(process.argv[2] ?? '')) measure(kind, make());
}
