/** The Ed25519 key (RFC 8032) that signs manifests: made at the first start, kept in the main process, never given to a worker. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { GatewayError } from '../core/errors.ts'

export interface Signer {
  /** SHA-256 over the public key's DER (SPKI), hex: what is compared on paper. */
  readonly fingerprint: string
  readonly publicKeyPem: string
  /** The file did not exist. */
  readonly made: boolean
  /** Base64 of 64 bytes. */
  sign(text: string): string
}

/** Throws CONFIG_INVALID for a file that is no Ed25519 key, or that others than its owner may read. */
export async function openSigner(file: string): Promise<Signer> {
  const { key, made } = await loadKey(file)
  const publicKey = createPublicKey(key)
  return {
    fingerprint: fingerprintOf(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    made,
    sign: text => sign(null, Buffer.from(text), key).toString('base64')
  }
}

/** SHA-256 of the key's DER (SPKI), hex. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

async function loadKey(file: string): Promise<{ readonly key: KeyObject; readonly made: boolean }> {
  const made = await makeKey(file)
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0) throw wrong(file, 'others may read it; chmod 600')
  const key = readKey(await readFile(file, 'utf8'))
  if (key?.asymmetricKeyType !== 'ed25519') throw wrong(file, 'it is no Ed25519 private key in PEM')
  return { key, made }
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

/** False when there is one. Whole and durable before it has its name: a signature whose key was lost proves nothing. */
async function makeKey(file: string): Promise<boolean> {
  if (await stat(file).catch(() => undefined)) return false
  const fresh = `${file}.new`
  try {
    await rm(fresh, { force: true })
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(fresh, pem, { mode: 0o600, flag: 'wx', flush: true })
    await rename(fresh, file)
    const folder = await open(dirname(file), 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    throw wrong(file, `it cannot be made: ${error instanceof Error ? error.message : String(error)}`)
  }
  return true
}

function wrong(file: string, why: string): GatewayError {
  return new GatewayError('CONFIG_INVALID', { faults: `evidence.signingKeyFile ${basename(file)}: ${why}` })
}
