/** The gateway as it is installed, a process of its own, to be killed: fixed ports found free before, the same data folder over all its lives. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { buildGateway, GATEWAY_ENTRY } from '../../scripts/lib/gateway-build.ts'
import { type MoreConfig, withOwn } from './more-config.ts'
import { freePorts } from './ports.ts'

export interface GatewayProcess {
  readonly pid: number
  /** Resolves when it says that it is ready; rejects with its output when it ends before. */
  readonly ready: Promise<void>
  readonly exited: Promise<number | null>
  output(): string
  kill(signal: NodeJS.Signals): Promise<void>
}

export interface ProcessSetup {
  readonly dir: string
  readonly configFile: string
  readonly ports: Readonly<Record<'http' | 'mqtt' | 'sip' | 'jt808' | 'jt905' | 'dc09' | 'webhook' | 'media', number>>
}

/** As scripts/start runs it. */
const ENV = { ...process.env, MALLOC_ARENA_MAX: '1' }

let built: Promise<void> | undefined

/** The bundle, made anew where a source has changed: it starts with half the work of the sources. */
export const buildOnce = (): Promise<void> => (built ??= buildGateway())

/** Builds what is installed, and writes configuration and registry. */
export async function prepareProcess(dir: string, registry: object, more: MoreConfig = {}): Promise<ProcessSetup> {
  await buildOnce()
  const [http = 0, mqtt = 0, sip = 0, jt808 = 0, jt905 = 0, dc09 = 0, webhook = 0, media = 0] = await freePorts(8)
  const adapters = {
    mqtt: { address: '127.0.0.1', port: mqtt, tlsPort: -1 },
    sip: {
      address: '127.0.0.1',
      port: sip,
      tlsPort: -1,
      hearPort: 0,
      rtpPorts: { from: 0, to: 0 },
      trunks: [{ name: 'test', address: '127.0.0.1' }]
    },
    jt808: { address: '127.0.0.1', port: jt808, udpPort: jt808 },
    jt905: { address: '127.0.0.1', port: jt905, udpPort: jt905 },
    dc09: { address: '127.0.0.1', port: dc09, udpPort: dc09 },
    webhook: { address: '127.0.0.1', port: webhook, tlsPort: -1 },
    onvif: { enabled: false }
  }
  const registryFile = join(dir, 'registry.yaml')
  const configFile = join(dir, 'gateway.yaml')
  writeFileSync(registryFile, stringify(registry))
  writeFileSync(
    configFile,
    stringify({
      http: { address: '127.0.0.1', port: http, httpsPort: 0 },
      media: { basePort: media, workers: 1 },
      storage: { dir: join(dir, 'data') },
      registry: { file: registryFile },
      log: { level: 'warn' },
      ...more,
      adapters: withOwn(adapters, more)
    })
  )
  return { dir, configFile, ports: { http, mqtt, sip, jt808, jt905, dc09, webhook, media } }
}

/** `out`: a file that is open, in place of the pipe; then `ready` is never told. */
export function spawnGateway(setup: ProcessSetup, args: readonly string[] = [], out?: number): GatewayProcess {
  return launch(['start', '--config', setup.configFile, ...args], out)
}

/** Runs one command to its end. */
export async function runCommand(
  args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = launch(args)
  return { code: await child.exited, output: child.output() }
}

function launch(args: readonly string[], out: number | 'pipe' = 'pipe'): GatewayProcess {
  const options = { stdio: ['ignore', out, 'pipe'], env: ENV } satisfies SpawnOptions
  return watch(
    spawn(process.execPath, ['--max-semi-space-size=2', '--no-short-builtin-calls', GATEWAY_ENTRY, ...args], options)
  )
}

function watch(child: ChildProcess): GatewayProcess {
  let text = ''
  const ready = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<number | null>()
  const take = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-200_000)
    if (text.includes('ready after')) ready.resolve()
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  child.once('close', code => {
    ready.reject(new Error(`the gateway ended with ${code}:\n${text.slice(-4_000)}`))
    exited.resolve(code)
  })
  ready.promise.catch(() => {})
  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    exited: exited.promise,
    output: () => text,
    async kill(signal) {
      child.kill(signal)
      await exited.promise
    }
  }
}
