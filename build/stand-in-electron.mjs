/**
 * stand-in-electron.mjs: a folder shaped like Electron's release, for machines where the real one cannot be had.
 *
 * In:   a platform's name, Electron's version
 * Out:  writeStandIn: a zip as the packager expects it; standInProgram, which carries a fuse wire and says what it is
 * Not:  anything that could show a window
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * @param {string} folder Is made.
 * @param {{ version: string, arch: string }} electron
 * @returns {Promise<string>} The zip's path.
 */
export async function writeStandIn(folder, { version, arch }) {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `electron-v${version}-linux-${arch}.zip`);
  await writeFile(
    file,
    zip([
      { name: 'electron', bytes: standInProgram(version), mode: 0o755 },
      { name: 'chrome-sandbox', bytes: Buffer.from('stand-in\n'), mode: 0o755 },
      { name: 'version', bytes: Buffer.from(version), mode: 0o644 },
      { name: 'LICENSE', bytes: Buffer.from('stand-in\n'), mode: 0o644 },
      { name: 'LICENSES.chromium.html', bytes: Buffer.from('stand-in\n'), mode: 0o644 },
      { name: 'locales/en-US.pak', bytes: Buffer.from('stand-in\n'), mode: 0o644 },
      { name: 'resources/default_app.asar', bytes: Buffer.from('stand-in\n'), mode: 0o644 },
    ]),
  );
  return file;
}

/** A shell script, with the fuse wire behind its end. @param {string} version */
export function standInProgram(version) {
  return Buffer.concat([
    Buffer.from(
      `#!/bin/sh\necho "This is a stand-in for Electron ${version}: the package was made where Electron could not be had." >&2\nexit 70\n`,
    ),
    Buffer.from(FUSE_SENTINEL),
    // Version of the wire, its length, and Electron's defaults in the order of FuseV1Options.
    Buffer.from([1, 9]),
    Buffer.from('101100011'),
  ]);
}

/** Marks the fuse wire in Electron's program (documented with @electron/fuses). */
export const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/**
 * A zip of stored files, as APPNOTE.TXT 4.3 describes it: enough for a few small files.
 *
 * @param {readonly { name: string, bytes: Buffer, mode: number }[]} files
 */
function zip(files) {
  const bodies = [];
  const entries = [];
  let offset = 0;
  for (const { name, bytes, mode } of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x21, 8); // 1980-01-01, the earliest date there is
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), bytes]);

    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6); // a regular file with Unix rights
    rest.writeUInt32LE(offset, 10);
    entries.push(
      // "Made by": Unix, so that the rights count.
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, rest, Buffer.from(name)]),
    );
    bodies.push(body);
    offset += body.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}
