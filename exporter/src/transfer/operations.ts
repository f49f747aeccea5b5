import { safeValue } from '../emit/safe-value.ts';
import { type Size, sizeOfDownload, sizeOfLocalFile, sizeOfUpload } from './size.ts';

/** A method of `ssh2-sftp-client` that is recorded. */
export interface Operation {
  /** What its records begin with. */
  readonly word: string;
  /** `logvitals.audit.action`. */
  readonly action: string;
  /** The remote path it is about; empty when there is none. */
  path(args: unknown[]): string;
  /** Where a file goes to. */
  target?(args: unknown[]): string;
  /** How many bytes go over the line. */
  size?(args: unknown[]): Size;
}

/** Whatever the application gave, as text. Never throws: what makes no sense is for the client to refuse. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : String(safeValue(value ?? '')));

const first = (args: unknown[]): string => textOf(args[0]);
const second = (args: unknown[]): string => textOf(args[1]);

/** By the method's name. What only looks (`list`, `stat`, `exists` …) is not recorded. */
export const OPERATIONS = {
  connect: { word: 'CONNECT', action: 'connect', path: () => '' },
  put: { word: 'PUT', action: 'upload', path: second, size: ([input]) => sizeOfUpload(input) },
  fastPut: { word: 'PUT', action: 'upload', path: second, size: ([local]) => sizeOfLocalFile(local) },
  append: { word: 'APPEND', action: 'append', path: second, size: ([input]) => sizeOfUpload(input) },
  get: { word: 'GET', action: 'download', path: first, size: ([, target]) => sizeOfDownload(target) },
  fastGet: { word: 'GET', action: 'download', path: first, size: ([, local]) => sizeOfLocalFile(local) },
  uploadDir: { word: 'PUT', action: 'upload_dir', path: second },
  downloadDir: { word: 'GET', action: 'download_dir', path: first },
  delete: { word: 'DELETE', action: 'delete', path: first },
  rename: { word: 'RENAME', action: 'rename', path: first, target: second },
  posixRename: { word: 'RENAME', action: 'rename', path: first, target: second },
  rcopy: { word: 'COPY', action: 'copy', path: first, target: second },
  mkdir: { word: 'MKDIR', action: 'mkdir', path: first },
  rmdir: { word: 'RMDIR', action: 'rmdir', path: first },
  chmod: { word: 'CHMOD', action: 'chmod', path: first },
} satisfies Readonly<Record<string, Operation>>;
