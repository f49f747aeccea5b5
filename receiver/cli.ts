#!/usr/bin/env node
/** The command. It looks at its own runtime before it loads anything that an older one could not even parse. */
const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`logvitals needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  const args = process.argv.slice(2);
  const startsServer = args[0] === undefined || args[0].startsWith('-') || args[0] === 'serve' || args[0] === 'demo';
  if (startsServer) {
    const { restartWithServerFlags } = await import('./runtime-flags.ts');
    restartWithServerFlags();
  }
  const { main } = await import('./commands/main.ts');
  process.exitCode = await main(args);
}
