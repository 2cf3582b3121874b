/** The Ed25519 key (RFC 8032) that signs manifests: made at the first start, kept in the main process, never given to a worker. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
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

/** Throws CONFIG_INVALID, with what is wrong where and what to do, for a file that is no Ed25519 key, or that others than its owner may read. */
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

/** What a start would say of the file, and makes nothing: one that is not there is made then. */
export async function checkSigner(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    error => error.code !== 'ENOENT'
  )
  if (isThere) await readKeyFile(file)
}

/** SHA-256 of the key's DER (SPKI), hex. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

async function loadKey(file: string): Promise<{ readonly key: KeyObject; readonly made: boolean }> {
  const made = await makeKey(file)
  return { key: await readKeyFile(file), made }
}

async function readKeyFile(file: string): Promise<KeyObject> {
  const text = await readFile(file, 'utf8').catch(error => Promise.reject(wrong(file, unreadable(error))))
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0)
    throw wrong(
      file,
      `others than its owner may read it (mode ${(mode & 0o777).toString(8)}): chmod 600, and change the key if somebody may have copied it`
    )
  if (text.trim() === '') throw wrong(file, `it is empty: ${RESTORE}`)
  const key = readKey(text)
  if (!key) throw wrong(file, `it is no private key in PEM, or only a part of one: ${RESTORE}`)
  if (key.asymmetricKeyType !== 'ed25519')
    throw wrong(
      file,
      `it is a key of type ${key.asymmetricKeyType}, Ed25519 is needed: openssl genpkey -algorithm ed25519`
    )
  return key
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EISDIR') return 'it is a folder, a file is needed'
  return `it cannot be read (${String(code ?? error)}): it must belong to the user that runs the gateway`
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const RESTORE = 'put it back from its backup; only where there is none, remove it and a new one is made'

/** False when there is one. Whole and durable before it has its name: a signature whose key was lost proves nothing. */
async function makeKey(file: string): Promise<boolean> {
  const fresh = `${file}.new`
  try {
    // Only where it truly is not there: a disk that does not answer is no reason for another key.
    if (await stat(file).catch(error => (error.code === 'ENOENT' ? undefined : Promise.reject(error)))) return false
    await rm(fresh, { force: true })
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(fresh, pem, { mode: 0o600, flag: 'wx', flush: true })
    await rename(fresh, file)
    const folder = await open(dirname(file), 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    throw wrong(file, `it is not there and cannot be made: ${error instanceof Error ? error.message : String(error)}`)
  }
  return true
}

function wrong(file: string, why: string): GatewayError {
  return new GatewayError('CONFIG_INVALID', { faults: `evidence.signingKeyFile ${file}: ${why}` })
}
