import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsSettings } from '../config/config.ts';

/** The contents of the files that TLS settings name. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When set, clients must present a certificate signed by it. */
  readonly clientCa: Buffer | null;
}

/** Reads and tries out the files, so that a wrong one fails the start and is named (O32). */
export function readTlsFiles(settings: TlsSettings): TlsFiles {
  const cert = readPem(settings.certFile, 'certFile', (pem) => createSecureContext({ cert: pem }));
  const key = readPem(settings.keyFile, 'keyFile', (pem) => createSecureContext({ key: pem }));
  const { clientCaFile } = settings;
  const clientCa =
    clientCaFile === null ? null : readPem(clientCaFile, 'clientCaFile', (pem) => createSecureContext({ ca: pem }));
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new Error(
      `tls: keyFile ${JSON.stringify(settings.keyFile)} is not the key of certFile ${JSON.stringify(settings.certFile)}`,
    );
  }
  return { cert, key, clientCa };
}

function readPem(path: string, name: string, tryOut: (pem: Buffer) => unknown): Buffer {
  try {
    const pem = readFileSync(path);
    if (!pem.includes('-----BEGIN ')) throw new Error('it is no PEM file');
    tryOut(pem);
    return pem;
  } catch (error) {
    throw new Error(`tls: cannot use ${name} ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
