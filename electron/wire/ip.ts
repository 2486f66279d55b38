/**
 * ip.ts: IP addresses as text and as bytes, and which of them are nobody's business on a public network.
 *
 * In:   text
 * Out:  family, canonical text (RFC 5952), bytes, whether private
 * Not:  sockets
 */

/** 4, 6, or 0 for text that is no IP address. Zone ids (%eth0) are no part of an address here. */
export function addressFamily(text: string): 4 | 6 | 0 {
  if (parse4(text) !== undefined) return 4;
  return parse6(text) === undefined ? 0 : 6;
}

/** The 4 or 16 bytes of an address; undefined for text that is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  return parse4(text) ?? parse6(text);
}

/** Canonical text: dotted quad, or RFC 5952. Text that is no address comes back unchanged. */
export function canonicalAddress(text: string): string {
  const bytes = addressBytes(text);
  return bytes === undefined ? text : addressText(bytes);
}

/** Text of 4 or 16 address bytes (RFC 5952 for IPv6). */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = groups.map((g) => g.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/**
 * Whether an address is loopback, link-local, private, or otherwise not of the public Internet (TRUST-RULES 2.9;
 * RFC 6890 and its registry). IPv4 inside IPv6 (mapped, NAT64, 6to4) is judged by the IPv4 address.
 */
export function isPrivateAddress(text: string): boolean {
  const bytes = addressBytes(text);
  if (bytes === undefined) return true;
  if (bytes.length === 4) return PRIVATE_4.some(([net, bits]) => within(bytes, net, bits));
  const inner = EMBEDDED_4.find(([net, bits]) => within(bytes, net, bits));
  if (inner !== undefined) return isPrivateAddress(bytes.slice(inner[2], inner[2] + 4).join('.'));
  return PRIVATE_6.some(([net, bits]) => within(bytes, net, bits));
}

function within(bytes: Uint8Array, net: readonly number[], bits: number): boolean {
  for (let i = 0; i * 8 < bits; i++) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if (((bytes[i] ?? 0) & mask) !== ((net[i] ?? 0) & mask)) return false;
  }
  return true;
}

function parse4(text: string): Uint8Array | undefined {
  const m = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (m === null) return undefined;
  const parts = m.slice(1).map(Number);
  // A leading zero is octal to some programs and decimal to others: no address here.
  if (parts.some((p, i) => p > 255 || (m[i + 1] ?? '').length !== String(p).length)) return undefined;
  return Uint8Array.from(parts);
}

function parse6(text: string): Uint8Array | undefined {
  if (text.length > 45 || !text.includes(':') || !/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const tail4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let rest = text;
  if (tail4 !== null) {
    const four = parse4(tail4[2] ?? '');
    if (four === undefined) return undefined;
    const hex = (i: number): string => (((four[i] ?? 0) << 8) | (four[i + 1] ?? 0)).toString(16);
    rest = `${tail4[1] ?? ''}${hex(0)}:${hex(2)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const [head, tail] = [groups(halves[0]), groups(halves[1])];
  if ([...head, ...tail].some((g) => !/^[0-9a-f]{1,4}$/i.test(g))) return undefined;
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const all = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail].map((g) => parseInt(g, 16));
  return Uint8Array.from(all.flatMap((g) => [g >> 8, g & 0xff]));
}

type Net = readonly [readonly number[], number];
/** IANA IPv4 Special-Purpose Address Registry, every block that is not globally reachable, and multicast. */
const PRIVATE_4: readonly Net[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3],
];
/** IANA IPv6 Special-Purpose Address Registry likewise: everything outside 2000::/3, and documentation. */
const PRIVATE_6: readonly Net[] = [
  [[0x00], 3],
  [[0x40], 2],
  [[0x80], 1],
  [[0x20, 0x01, 0x0d, 0xb8], 32],
  [[0x3f, 0xff, 0x00], 20],
  [[0x20, 0x01, 0x00, 0x02, 0, 0], 48],
];
/** ::ffff:0:0/96 (mapped), 64:ff9b::/96 (RFC 6052), 2002::/16 (6to4): where the IPv4 address begins. */
const EMBEDDED_4: readonly (readonly [readonly number[], number, number])[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96, 12],
  [[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12],
  [[0x20, 0x02], 16, 2],
];
