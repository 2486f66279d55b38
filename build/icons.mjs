/**
 * icons.mjs: the drawing becomes the icons that the systems want. Run by hand after a change: `node build/icons.mjs`.
 *
 * In:   build/icons/icon.svg, and Chromium (CHROMIUM, or /usr/bin/chromium) to draw it
 * Out:  build/icons/png/*.png, icon.png, icon.ico, icon.icns
 * Not:  run by any build: the results are kept in git
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { requireNodeLine, root } from './node-line.mjs';

requireNodeLine('npx node build/icons.mjs');
const folder = join(root, 'build/icons');
const svg = await readFile(join(folder, 'icon.svg'), 'utf8');
/** Linux's icon theme sizes; Windows and macOS take theirs from the same list. */
const SIZES = [16, 32, 48, 64, 128, 256, 512];
/** Names of Apple's icon types that hold PNG, by size. */
const APPLE_TYPES = { 16: 'icp4', 32: 'icp5', 64: 'icp6', 128: 'ic07', 256: 'ic08', 512: 'ic09' };

const pngs = await draw();
await mkdir(join(folder, 'png'), { recursive: true });
for (const [size, png] of pngs) await writeFile(join(folder, 'png', `${size}x${size}.png`), png);
await writeFile(join(folder, 'icon.png'), pngs.get(512));
await writeFile(join(folder, 'icon.ico'), ico([...pngs].filter(([size]) => size <= 256)));
await writeFile(join(folder, 'icon.icns'), icns([...pngs].filter(([size]) => size in APPLE_TYPES)));

async function draw() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    const drawn = new Map();
    for (const size of SIZES) {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(
        `<style>html,body{margin:0;background:none}svg{display:block;width:100vw}</style>${svg}`,
      );
      drawn.set(size, await page.screenshot({ omitBackground: true }));
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

/** ICONDIR with PNG images, as Windows reads it since Vista. */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(([size, png], i) => {
    const at = 6 + 16 * i;
    head.writeUInt8(size % 256, at); // 0 stands for 256
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(([, png]) => png)]);
}

/** Type, length including these eight bytes, PNG; all of it within one such block called `icns`. */
function icns(images) {
  const block = (type, bytes) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(bytes.length + 8, 4);
    return Buffer.concat([head, bytes]);
  };
  return block('icns', Buffer.concat(images.map(([size, png]) => block(APPLE_TYPES[size], png))));
}
