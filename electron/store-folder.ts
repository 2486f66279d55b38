/**
 * store-folder.ts: where the store lives when Electron does not say so: the same folder that Electron would use.
 *
 * In:   the environment
 * Out:  a folder
 * Not:  what is in it (store)
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Electron's app.getPath('userData') for this program; MELLON_FOLDER overrides it in every face. */
export function storeFolder(): string {
  const own = process.env['MELLON_FOLDER'];
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'win32')
    return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'mellon');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'mellon');
  return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'mellon');
}
