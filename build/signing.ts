/**
 * signing.ts: signing and notarising, when the environment has the means; an unsigned working build when it has not.
 *
 * In:   environment variables, the system
 * Out:  signing: a part of Forge's packager settings
 * Not:  keeping secrets: they stay in the environment
 */
import type { ForgePackagerOptions } from '@electron-forge/shared-types';

type Environment = Readonly<Record<string, string | undefined>>;
type Signing = Pick<ForgePackagerOptions, 'osxSign' | 'osxNotarize' | 'windowsSign'>;

/**
 * macOS: APPLE_SIGN_IDENTITY signs with the hardened runtime (its certificate in a keychain: apple.mjs can put it there);
 * with APPLE_API_KEY (a file), APPLE_API_KEY_ID and
 * APPLE_API_ISSUER it is notarised too. Windows: WINDOWS_SIGN_TOOL and WINDOWS_SIGN_PARAMS, as a token or a signing
 * service wants them. A half-given set counts as none, so that a forgotten variable gives an unsigned build, not a broken one.
 */
export function signing(env: Environment, platform: string): Signing {
  if (platform === 'darwin') return macSigning(env);
  if (platform === 'win32') return windowsSigning(env);
  return {};
}

function macSigning(env: Environment): Signing {
  const identity = env['APPLE_SIGN_IDENTITY'];
  if (!identity) return {};
  const osxSign = {
    identity,
    optionsForFile: () => ({ hardenedRuntime: true, entitlements: 'build/mac/entitlements.plist' }),
  };
  const [appleApiKey, appleApiKeyId, appleApiIssuer] = [
    'APPLE_API_KEY',
    'APPLE_API_KEY_ID',
    'APPLE_API_ISSUER',
  ].map((name) => env[name]);
  return appleApiKey && appleApiKeyId && appleApiIssuer
    ? { osxSign, osxNotarize: { appleApiKey, appleApiKeyId, appleApiIssuer } }
    : { osxSign };
}

function windowsSigning(env: Environment): Signing {
  const [tool, params] = [env['WINDOWS_SIGN_TOOL'], env['WINDOWS_SIGN_PARAMS']];
  return tool && params ? { windowsSign: { signToolPath: tool, signWithParams: params } } : {};
}
