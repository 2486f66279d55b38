/** tcp.test.ts: how connections fail, and connections that take longer. */
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ioProblem, tcpProblem, tlsProblem } from '../../electron/net/problems.ts';
import { connectTcp } from '../../electron/net/tcp.ts';

const limits = { stepMs: 300, signal: new AbortController().signal };
const plain = (address: string, port: number): { address: string; port: number } => ({ address, port });
const coded = (code: string): Error => Object.assign(new Error(code), { code });

describe('a TCP connection', () => {
  it('to a closed port is refused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    expect(await connectTcp('127.0.0.1', port, plain, limits)).toEqual({
      ok: false,
      problem: { code: 'refused' },
    });
  });
  it.each(['localhost', 'shire.example', '', '1.2.3', '127.1'])(
    'to "%s" is refused: not an address',
    async (name) => {
      expect(await connectTcp(name, 5222, plain, limits)).toMatchObject({
        ok: false,
        problem: { code: 'unreachable' },
      });
    },
  );
  it('goes where dial leads it', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('here')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as AddressInfo;
    const asked: unknown[] = [];
    const result = await connectTcp(
      '192.0.2.7',
      5222,
      (...args) => {
        asked.push(args);
        return { address: '127.0.0.1', port };
      },
      limits,
    );
    expect(asked).toEqual([['192.0.2.7', 5222, 'tcp']]);
    expect(result.ok).toBe(true);
    if (result.ok) result.value.destroy();
    server.close();
  });
  it('takes a round trip longer where dial says so, and so does each answer', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => socket.write(data));
    }).listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as AddressInfo;
    const began = performance.now();
    const result = await connectTcp('127.0.0.1', port, (address) => ({ address, port, delayMs: 30 }), limits);
    if (!result.ok) throw new Error(result.problem.code);
    const connected = performance.now() - began;
    result.value.write('one');
    result.value.write('two');
    let heard = '';
    await new Promise<void>((done) =>
      result.value.on('data', (data: Buffer) => {
        heard += data.toString();
        if (heard.length === 6) done();
      }),
    );
    const answered = performance.now() - began - connected;
    expect(heard).toBe('onetwo');
    for (const took of [connected, answered]) {
      expect(took).toBeGreaterThan(55);
      expect(took).toBeLessThan(4_000);
    }
    result.value.destroy();
    server.close();
  });
});

describe('the names of problems', () => {
  it.each([
    ['ECONNREFUSED', '192.0.2.1', 'refused'],
    ['ENETUNREACH', '2001:db8::1', 'no-family'],
    ['EADDRNOTAVAIL', '2001:db8::1', 'no-family'],
    ['EAFNOSUPPORT', '::1', 'no-family'],
    ['EADDRNOTAVAIL', '::1', 'unreachable'],
    ['ENETUNREACH', '127.0.0.1', 'unreachable'],
    ['EHOSTUNREACH', '192.0.2.1', 'unreachable'],
    ['ETIMEDOUT', '192.0.2.1', 'timed-out'],
    ['EACCES', '192.0.2.1', 'unreachable'],
    ['ECONNRESET', '192.0.2.1', 'closed-early'],
    ['EPIPE', '192.0.2.1', 'closed-early'],
  ])('%s at %s is %s', (code, address, problem) => {
    expect(tcpProblem(coded(code), address).code).toBe(problem);
  });
  it('a failure of TLS is one of the handshake, a reset is not', () => {
    expect(ioProblem(coded('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), '192.0.2.1').code).toBe(
      'handshake-failed',
    );
    expect(tlsProblem(coded('ECONNRESET'))).toEqual({ code: 'closed-early' });
    expect(tlsProblem(coded('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'))).toMatchObject({
      detail: expect.stringContaining('alert 70') as string,
    });
  });
  it('what is no Error at all is unreachable, with its words made visible', () => {
    expect(tcpProblem('odd\u202e', '192.0.2.1')).toEqual({ code: 'unreachable', detail: 'odd\\u{202e}' });
  });
});
