/** `start`: configuration, certificate, people of a first start, the gateway, and an end without loss on SIGTERM. */
import { adapters } from '../../adapters/index.ts'
import { ensureAdministrator } from '../access/first-users.ts'
import { loadConfig } from '../config.ts'
import { startGateway } from '../gateway.ts'
import { createMediaPlane } from '../media/plane.ts'
import { systemClock } from '../supervise/clock.ts'
import { createLog } from '../supervise/log.ts'
import { createMetrics } from '../supervise/metrics.ts'
import { loadCertificate } from '../supervise/tls.ts'
import { type CommonOptions, overrides } from './command-line.ts'
import { prepareDemo } from './demo.ts'
import { ADAPTERS_DIR, CONSOLE_DIR, DEFAULT_CONFIG, DEMO_CONFIG } from './places.ts'

interface StartOptions extends Omit<CommonOptions, 'config'> {
  readonly config?: string
  readonly demo?: boolean
  readonly port?: string
  readonly demoControl: string
}

export async function startCommand(options: StartOptions): Promise<void> {
  const config = loadConfig(
    options.config ?? (options.demo ? DEMO_CONFIG : DEFAULT_CONFIG),
    adapters,
    overrides(options)
  )
  const clock = systemClock
  const log = createLog(config.log.level)
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
        preRollMs: config.media.preRollMs,
        ffmpegPath: 'ffmpeg',
        tls,
        ticketSecret,
        clock,
        log
      })
  })
  if (demo) await demo.people(gateway)
  else {
    const made = await ensureAdministrator(gateway.access)
    // Standard output, not the log: a log is kept and shipped, this is for the one who installs it.
    if (made)
      process.stdout.write(`first start: administrator ${made.user.login}, password ${made.password} (shown once)\n`)
  }
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
