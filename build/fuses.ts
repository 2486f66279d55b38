/**
 * fuses.ts: what Electron's program can do, and ours must not.
 *
 * In:   nothing
 * Out:  FUSES, for Forge's plugin and for the test that reads them back
 * Not:  flipping them (forge.config.ts)
 */
import { FuseV1Options, FuseVersion, type FuseConfig } from '@electron/fuses';

/** Every fuse there is has its line: a new one in a later Electron stops the build until somebody has decided. */
export const FUSES: FuseConfig = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // No ELECTRON_RUN_AS_NODE, NODE_OPTIONS or --inspect: the signed program runs our code and nobody else's.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  // The archive's hash is checked where Electron can (macOS and Windows), and nothing beside the archive is loaded.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // We ship no V8 snapshot of our own.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The page comes over mellon://, so file: needs no rights.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Electron's own default: bounds of WebAssembly are kept by traps.
  [FuseV1Options.WasmTrapHandlers]: true,
};
