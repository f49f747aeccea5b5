import { type Dirent, promises as fs } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, posix } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';

const { STATUS_CODE, flagsToString } = ssh2.utils.sftp;

export interface SftpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** A real SFTP server over the files of a directory. Not more of the protocol than clients need for files and folders. */
export async function startSftpServer(root: string): Promise<SftpServer> {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync('ed25519');
  const account = { username: 'ana', password: 'sesame' };
  const clients = new Set<{ end(): unknown }>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on('authentication', (attempt) => {
      const isRight =
        attempt.method === 'password' && attempt.username === account.username && attempt.password === account.password;
      if (isRight) attempt.accept();
      else attempt.reject(['password']);
    });
    client.on('ready', () => {
      client.on('session', (accept) => accept().on('sftp', (acceptSftp) => serve(acceptSftp(), root)));
    });
    client.on('close', () => clients.delete(client));
    client.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    ...account,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface OpenFolder {
  entries: Dirent[];
  readonly path: string;
}

function serve(sftp: SFTPWrapper, root: string): void {
  const handles = new Map<number, FileHandle | OpenFolder>();
  let lastHandle = 0;
  const local = (path: string) => join(root, posix.normalize(`/${path}`));
  const hold = (handle: FileHandle | OpenFolder): Buffer => {
    handles.set(++lastHandle, handle);
    const name = Buffer.alloc(4);
    name.writeUInt32BE(lastHandle);
    return name;
  };
  const held = (name: Buffer) => handles.get(name.readUInt32BE());
  const file = (name: Buffer) => held(name) as FileHandle;
  /** Answers a failed action with the status that stands for its reason. */
  const answer = (id: number, action: () => Promise<unknown>) => {
    action().catch((error: NodeJS.ErrnoException) => {
      const code = { ENOENT: STATUS_CODE.NO_SUCH_FILE, EACCES: STATUS_CODE.PERMISSION_DENIED }[error.code ?? ''];
      sftp.status(id, code ?? STATUS_CODE.FAILURE, error.message.split(',')[0]);
    });
  };
  const done = (id: number, action: () => Promise<unknown>) =>
    answer(id, async () => {
      await action();
      sftp.status(id, STATUS_CODE.OK);
    });

  sftp.on('OPEN', (id, path, flags) =>
    answer(id, async () => sftp.handle(id, hold(await fs.open(local(path), flagsToString(flags) ?? 'r')))),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const { bytesRead, buffer } = await file(handle).read(Buffer.alloc(length), 0, length, offset);
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) => done(id, () => file(handle).write(data, 0, data.length, offset)));
  sftp.on('CLOSE', (id, handle) =>
    done(id, async () => {
      const open = held(handle);
      handles.delete(handle.readUInt32BE());
      if (open && 'fd' in open) await open.close();
    }),
  );
  sftp.on('STAT', (id, path) => answer(id, async () => sftp.attrs(id, attributes(await fs.stat(local(path))))));
  sftp.on('LSTAT', (id, path) => answer(id, async () => sftp.attrs(id, attributes(await fs.lstat(local(path))))));
  sftp.on('FSTAT', (id, handle) => answer(id, async () => sftp.attrs(id, attributes(await file(handle).stat()))));
  sftp.on('SETSTAT', (id, path, { mode }) => done(id, async () => mode !== undefined && fs.chmod(local(path), mode)));
  sftp.on('FSETSTAT', (id) => done(id, async () => {}));
  sftp.on('REMOVE', (id, path) => done(id, () => fs.unlink(local(path))));
  sftp.on('RENAME', (id, from, to) => done(id, () => fs.rename(local(from), local(to))));
  sftp.on('MKDIR', (id, path) => done(id, () => fs.mkdir(local(path))));
  sftp.on('RMDIR', (id, path) => done(id, () => fs.rmdir(local(path))));
  sftp.on('REALPATH', (id, path) => {
    const name = posix.normalize(posix.join('/', path));
    sftp.name(id, [{ filename: name, longname: name, attrs: {} as Attributes }]);
  });
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const entries = await fs.readdir(local(path), { withFileTypes: true });
      sftp.handle(id, hold({ entries, path: local(path) }));
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const folder = held(handle) as OpenFolder;
      const names = await Promise.all(folder.entries.map((entry) => listed(folder.path, entry)));
      folder.entries = [];
      if (names.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, names);
    }),
  );
}

async function listed(folder: string, entry: Dirent) {
  const attrs = attributes(await fs.stat(join(folder, entry.name)));
  return { filename: entry.name, longname: `${entry.isDirectory() ? 'd' : '-'}rw-r--r-- 1 x x ${entry.name}`, attrs };
}

function attributes({ mode, uid, gid, size, atimeMs, mtimeMs }: Awaited<ReturnType<typeof fs.stat>>): Attributes {
  return {
    mode: Number(mode),
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    atime: Math.floor(Number(atimeMs) / 1_000),
    mtime: Math.floor(Number(mtimeMs) / 1_000),
  };
}
