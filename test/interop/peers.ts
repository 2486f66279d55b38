/**
 * peers.ts: other people's servers, started for a test and gone after it.
 *
 * In:   programs, their configuration as text
 * Out:  one temporary folder, running servers, what a program printed
 * Not:  which servers (peer-*.ts); any expectation
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Said = { readonly code: number; readonly text: string; readonly stdout: string };
export type Peers = {
  readonly folder: string;
  /** Writes a file that every user may read (servers drop their rights) and returns its path. */
  write(name: string, text: string): string;
  mkdir(name: string): string;
  /** Starts a server, waits until something listens there; its words are in the error where it does not. */
  start(
    program: string,
    args: readonly string[],
    listens: { host: string; port: number },
    cwd?: string,
  ): Promise<void>;
  /** Ends all and deletes the folder. */
  stop(): Promise<void>;
};

/** Time in milliseconds that a server may take to listen: Erlang on a busy machine takes the longest. */
const START_MS = 60_000;
/** Time in milliseconds that a program may take to answer. */
const RUN_MS = 20_000;

/** Makes the folder. Call `stop` at the end whatever happened. */
export function startPeers(): Peers {
  const folder = mkdtempSync(join(tmpdir(), 'mellon-peers-'));
  chmodSync(folder, 0o755);
  const running: ChildProcess[] = [];
  return {
    folder,
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o644 });
      return path;
    },
    mkdir(name) {
      const path = join(folder, name);
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o777);
      return path;
    },
    async start(program, args, { host, port }, cwd = folder) {
      // A group of its own: some of these start others.
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, cwd });
      running.push(child);
      let log = '';
      let over = false;
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (part: Buffer) => (log = (log + part.toString()).slice(-4000)));
      child.on('error', (error) => (log += error.message));
      child.on('close', () => (over = true));
      const isOver = (): boolean => over;
      for (const began = Date.now(); !(await isOpen(host, port));) {
        if (isOver() || Date.now() - began > START_MS)
          throw new Error(`${program} does not listen on ${host}:${port}\n${log}`);
        await pause(50);
      }
    },
    async stop() {
      for (const child of running.splice(0)) {
        if (child.pid === undefined || child.exitCode !== null) continue;
        const gone = new Promise((resolve) => child.once('close', resolve));
        kill(child.pid, 'SIGTERM');
        await Promise.race([gone, pause(3000)]);
        kill(child.pid, 'SIGKILL');
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What a program says on both its outputs, and its exit code; -1 where it did not end by itself. */
export function say(program: string, args: readonly string[], stdin = ''): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { timeout: RUN_MS, maxBuffer: 4 << 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, text: stdout + stderr, stdout });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });
}

/** A program's output; fails where the program does. */
export async function make(program: string, args: readonly string[]): Promise<string> {
  const { code, text, stdout } = await say(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${text}`);
  return stdout;
}

/** A port that was free a moment ago, at this address. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
    socket.once('timeout', end(false));
  });
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
