/**
 * by-hand.ts: what an admin types to find out the same, one command after the other, over the same distance.
 *
 * In:   the demo realm, milliseconds per direction
 * Out:  `check(domain)`: dig, openssl and, where a document is to be fetched, curl
 * Not:  anything as thorough as a check: no proof is verified here, no name compared
 */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { farTcp, farUdp, type FarAway } from './far-away.ts';
import { has, run } from './measure.ts';
import type { AwayRealm } from './realm-away.ts';

export type Hand = {
  check(domain: string): Promise<void>;
  programs(domain: string): string;
  close(): void;
};

/** Opens the slow ways to the realm's resolver; ways to servers open as they are found. */
export async function byHand(realm: AwayRealm, delayMs: number): Promise<Hand> {
  const resolver = realm.find('127.0.53.1', 53);
  if (resolver === undefined) throw new Error('the realm has no resolver');
  const dns = await farUdp(resolver.port, delayMs);
  const folder = mkdtempSync(join(tmpdir(), 'mellon-bench-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, realm.told.ca);
  const ways = new Map<string, FarAway>();
  const hasPrograms = (await has('dig', '-v')) && (await has('openssl', 'version'));
  const hasCurl = await has('curl', '--version');

  async function far(address: string, port: number): Promise<number> {
    const key = `${address} ${port}`;
    const place = realm.find(address, port);
    if (place === undefined) throw new Error(`nothing listens at ${key}`);
    const way = ways.get(key) ?? (await farTcp(place.port, delayMs));
    ways.set(key, way);
    return way.port;
  }

  const dig = async (name: string, type: string): Promise<readonly string[]> =>
    (await run('dig', ['@127.0.0.1', '-p', String(dns.port), '+short', '+dnssec', name, type])).split('\n');

  return {
    async check(domain) {
      if (!hasPrograms) return;
      const [record] = await dig(`_xmpp-client._tcp.${domain}`, 'SRV');
      await dig(`_xmpps-client._tcp.${domain}`, 'SRV');
      const [, , port = '5222', target = domain] = (record ?? '').split(' ');
      const [address = ''] = await dig(target, 'A');
      await dig(target, 'AAAA');
      await dig(`_${port}._tcp.${target}`, 'TLSA');
      const server = `127.0.0.1:${await far(address, Number(port))}`;
      await run('openssl', [
        ...['s_client', '-connect', server, '-starttls', 'xmpp', '-xmpphost', domain, '-servername', domain],
        ...['-showcerts', '-CAfile', ca, '-verify_hostname', domain],
      ]);
      if (!usesCurl(domain)) return;
      const [web = ''] = await dig(domain, 'A');
      const webPort = await far(web, 443);
      await run('curl', [
        ...['-s', '--cacert', ca, '--connect-to', `${domain}:443:127.0.0.1:${webPort}`],
        `https://${domain}/.well-known/posh/xmpp-client.json`,
      ]);
    },
    programs: (domain) =>
      hasPrograms ? `5 dig, openssl${usesCurl(domain) ? ', dig, curl' : ''}` : 'dig or openssl is not there',
    close() {
      dns.close();
      for (const way of ways.values()) way.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };

  function usesCurl(domain: string): boolean {
    return hasCurl && domain === 'rivendell.example';
  }
}
