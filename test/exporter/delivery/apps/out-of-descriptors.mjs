// Grabs every file descriptor there is, once the receiver has refused for the first time and until the test says so.
import { closeSync, openSync } from 'node:fs';
import { register } from '@logvitals/exporter';

const { counts, forceFlush, shutdown } = register({ service: 'crowded', spool: { dir: process.env.SPOOL } });
await forceFlush();
const taken = [];
const grab = () => {
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {}
};
grab();
console.log('crowded');
const grabbing = setInterval(grab, 1);
const telling = setInterval(() => console.log(JSON.stringify(counts())), 50);
process.once('SIGUSR2', async () => {
  clearInterval(grabbing);
  for (const descriptor of taken) closeSync(descriptor);
  while (counts().waiting > 0) await forceFlush();
  clearInterval(telling);
  console.log(JSON.stringify(counts()));
  await shutdown();
});
