/** The certificate of HTTPS and of TLS listeners: the given files, or one of our own made at the first start and kept. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** PEM texts; `made` is true when this start made them, so that the fingerprint can be printed once. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string
  readonly made: boolean
}

export interface CertificatePlace {
  /** Both empty: an own certificate below `dir`. */
  readonly keyFile: string
  readonly certFile: string
  readonly dir: string
}

const DAY_MS = 86_400_000
/** Telephones refuse server certificates that are valid longer than 825 days (Apple, since 2019). */
const VALID_DAYS = 820
const AS_PEM = 'from DER or PKCS#12 openssl makes it'
/** An own certificate is replaced at a start this long before its end. */
const RENEW_MS = 30 * DAY_MS

/** CONFIG_INVALID when the given files cannot be read, do not belong together or are out of date. */
export async function loadCertificate(place: CertificatePlace, clock: Clock): Promise<Certificate> {
  if (place.keyFile !== '' || place.certFile !== '') return given(place, clock)
  const keyFile = join(place.dir, 'tls-key.pem')
  const certFile = join(place.dir, 'tls-cert.pem')
  const kept = await read(keyFile, certFile).catch(() => undefined)
  if (kept !== undefined && fault(kept, clock.now(), RENEW_MS) === undefined) return { ...kept, made: false }
  const made = await generate(clock.now())
  await mkdir(place.dir, { recursive: true, mode: 0o700 })
  await writePrivate(keyFile, made.key)
  await writePrivate(certFile, made.cert)
  return { ...made, made: true }
}

type Pair = Omit<Certificate, 'made'>

async function given({ keyFile, certFile }: CertificatePlace, clock: Clock): Promise<Certificate> {
  try {
    const pair = await read(keyFile, certFile)
    const wrong = fault(pair, clock.now(), 0)
    if (wrong === undefined) return { ...pair, made: false }
    throw new Error(wrong)
  } catch (error) {
    const why = whyOf(error)
    const faults = `http.tls.keyFile ${keyFile} and http.tls.certFile ${certFile}: ${why}`
    throw new GatewayError('CONFIG_INVALID', { count: 1, faults }, { cause: error })
  }
}

async function read(keyFile: string, certFile: string): Promise<Pair> {
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')])
  return { key, cert, fingerprint: certificateOf(cert).fingerprint256 }
}

function whyOf(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `${path} is not there`
  if (code === 'EISDIR') return 'one of them is a folder; files are needed'
  if (code === 'EACCES') return `${path} may not be read by the user that runs the gateway`
  return message
}

/** What OpenSSL says of a file that holds something else nobody understands. */
function certificateOf(pem: string): X509Certificate {
  if (pem.includes('PRIVATE KEY-----') && !pem.includes('BEGIN CERTIFICATE'))
    throw new Error('certFile holds a key; the two files may be the wrong way round')
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new Error(
      `certFile holds no certificate in PEM, or only a part of one (-----BEGIN CERTIFICATE-----); ${AS_PEM}`,
      { cause }
    )
  }
}

function keyOf(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    if (pem.includes('ENCRYPTED'))
      throw new Error(
        'the key wants a passphrase, which nobody types at a start; give one without: openssl pkey -in KEY -out NEW',
        { cause }
      )
    throw new Error(
      `keyFile holds no private key in PEM, or only a part of one (-----BEGIN PRIVATE KEY-----); ${AS_PEM}`,
      { cause }
    )
  }
}

function fault(pair: Pair, nowMs: number, spareMs: number): string | undefined {
  const certificate = certificateOf(pair.cert)
  if (!certificate.checkPrivateKey(keyOf(pair.key))) return 'the key does not belong to the certificate'
  if (nowMs + spareMs >= certificate.validToDate.getTime())
    return `the certificate is valid until ${certificate.validTo}`
  return undefined
}

/** Loaded only here: the generator is large, and a start that has its certificate does not need it. */
async function generate(nowMs: number): Promise<Pair> {
  const { generate: selfSigned } = await import('selfsigned')
  const pems = await selfSigned([{ name: 'commonName', value: hostname() }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A day back: a telephone's clock may be behind ours.
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: ownNames() }
    ]
  })
  return { key: pems.private, cert: pems.cert, fingerprint: new X509Certificate(pems.cert).fingerprint256 }
}

/** localhost, the host's name and every address of this machine that a browser can type. */
function ownNames(): ({ type: 2; value: string } | { type: 7; ip: string })[] {
  const faces = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  // Link-local IPv6 needs a zone, which no certificate can name.
  const addresses = faces.map(face => face.address).filter(address => !address.startsWith('fe80:'))
  const names = new Set(['localhost', hostname()])
  return [
    ...[...names].map(value => ({ type: 2 as const, value })),
    ...[...new Set(['127.0.0.1', '::1', ...addresses])].map(ip => ({ type: 7 as const, ip }))
  ]
}

/** Complete or absent, never half: mode 600 from the first byte, synced, then renamed. */
async function writePrivate(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
