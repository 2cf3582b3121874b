/** `start`: configuration, certificate, people of a first start, the gateway, and an end without loss on SIGTERM. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { adapters } from '../../adapters/index.ts'
import { ensureAdministrator } from '../access/first-users.ts'
import { type Config, loadConfig } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { Log } from '../core/ports.ts'
import { type Gateway, startGateway } from '../gateway.ts'
import { createMediaPlane, type MediaPlaneOptions } from '../media/plane.ts'
import { systemClock } from '../supervise/clock.ts'
import { createLog } from '../supervise/log.ts'
import { createMetrics } from '../supervise/metrics.ts'
import { type WantedPort, withOwner } from '../supervise/port-owner.ts'
import { type Certificate, loadCertificate } from '../supervise/tls.ts'
import { type CommonOptions, overrides } from './command-line.ts'
import { configWarnings } from './config-warnings.ts'
import { prepareDemo } from './demo.ts'
import { keepHeapLean, roomInStorms } from './lean-heap.ts'
import { checkFiles } from './place.ts'
import { ADAPTERS_DIR, CONSOLE_DIR, DEFAULT_CONFIG, DEMO_CONFIG } from './places.ts'

export interface StartOptions extends Omit<CommonOptions, 'config'> {
  readonly config?: string
  readonly demo?: boolean
  readonly port?: string
  readonly demoControl: string
}

/** A start that has failed does not wait longer for its parts: the process ends. */
const STOP_MS = 1_000

/** Rejects when the gateway cannot start; the caller ends the process. */
export async function startCommand(options: StartOptions): Promise<void> {
  keepHeapLean()
  // A full disk under either is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const config = loadConfig(
    options.config ?? (options.demo ? DEMO_CONFIG : DEFAULT_CONFIG),
    adapters,
    overrides(options)
  )
  const log = createLog(config.log.level)
  const { gateway, tls } = await startAll(config, options, log).catch(async error => {
    // One wrong file stops the start; the others are read too, so that all faults are told at once.
    if (error instanceof GatewayError && error.code === 'CONFIG_INVALID') await checkFiles(config, systemClock)
    throw await withOwner(error, wantedPorts(config))
  })
  roomInStorms(systemClock, gateway.backlog)
  for (const each of configWarnings(config, gateway.registry.data)) process.stdout.write(`warning: ${each}\n`)
  if (tls.made) process.stdout.write(`a certificate was made, SHA-256 ${tls.fingerprint}\n`)
  const ports = gateway.endpoints.map(e => `${e.protocol} ${e.port}`).join(', ')
  log.info({ endpoints: gateway.endpoints, readyMs: Math.round(performance.now()) }, 'ready')
  process.stdout.write(`ready after ${Math.round(performance.now())} ms: ${ports}\n`)

  // Refusing every signal for ever helps nobody: the service manager starts a new process, and devices send again what is not acknowledged.
  void gateway.fatal.then(error => {
    log.error({ err: error }, 'the storage thread has ended; the process ends so that it is started again')
    process.exit(1)
  })
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    gateway.stop().then(
      () => process.exit(0),
      error => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      }
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
}

async function startAll(
  config: Config,
  options: StartOptions,
  log: Log
): Promise<{ readonly gateway: Gateway; readonly tls: Certificate }> {
  const clock = systemClock
  const tls = await loadCertificate({ ...config.http.tls, dir: config.storage.dir }, clock)
  const demo = options.demo ? await prepareDemo(config, options.demoControl) : undefined
  const gateway = await startGateway({
    config,
    adapters,
    clock,
    log,
    metrics: createMetrics(),
    tls,
    consoleDir: CONSOLE_DIR,
    assetsDir: ADAPTERS_DIR,
    demo,
    media: ({ ticketSecret }) =>
      createMediaPlane({
        workers: config.media.workers,
        basePort: config.media.basePort,
        bindAddress: config.http.address,
        evidenceDir: config.media.evidenceDir,
        recording: config.media.recording,
        // From disk: memory holds the newest group of pictures and the spare that every ring has.
        preRollMs: config.media.preRollFrom === 'disk' ? 0 : config.media.preRollMs,
        ffmpegPath: 'ffmpeg',
        pictureCheck: config.media.pictureCheck,
        maxTranscodes: config.media.transcode.maxStreams,
        ...webrtcOf(config),
        ...(config.media.vehicleVideo.enabled ? { vehiclePort: config.media.vehicleVideo.port } : {}),
        ...(config.media.vehicleVideo.transport === 'udp' ? { vehicleUdp: true as const } : {}),
        tls,
        ticketSecret,
        clock,
        log
      })
  })
  try {
    if (demo) await demo.people(gateway)
    else await firstPerson(gateway, config.storage.dir)
  } catch (error) {
    await Promise.race([gateway.stop(), new Promise<void>(resolve => clock.after(STOP_MS, resolve))])
    throw error
  }
  return { gateway, tls }
}

/** Of those without which the gateway does not start; an adapter whose port is taken is a notice, and tries again. */
function wantedPorts({ http, media }: Config): readonly WantedPort[] {
  const { workers, basePort, vehicleVideo } = media
  return [
    { port: http.port, setting: 'http.port' },
    { port: http.httpsPort, setting: 'http.httpsPort' },
    ...Array.from({ length: workers }, (_, n) => ({ port: basePort + n, setting: 'media.basePort' })),
    ...(vehicleVideo.enabled ? [{ port: vehicleVideo.port, setting: 'media.vehicleVideo.port' }] : [])
  ]
}

/** Whoever installs it sees the password; a service's journal, which is kept and shipped, does not. */
async function firstPerson(gateway: Gateway, dir: string): Promise<void> {
  const made = await ensureAdministrator(gateway.access)
  if (!made) return
  const text = `administrator ${made.user.login}, password ${made.password}`
  if (process.stdout.isTTY) {
    process.stdout.write(`first start: ${text} (shown once)\n`)
    return
  }
  const file = join(dir, 'first-login.txt')
  await writeFile(file, `${text}\n`, { mode: 0o600 })
  process.stdout.write(`first start: the administrator's log-in is in ${file}; delete it after reading\n`)
}

/** Nothing where it is switched off. */
function webrtcOf({ media: { webrtc } }: Config): Pick<MediaPlaneOptions, 'rtc'> {
  const { enabled, addresses, portFrom, portTo, maxViewers } = webrtc
  if (!enabled) return {}
  return { rtc: { addresses, ...(portFrom > 0 ? { ports: { from: portFrom, to: portTo } } : {}), maxViewers } }
}
