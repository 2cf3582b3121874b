/** Helpers of the ONVIF tests: a small town on free ports, an adapter at it, recorded answers as a device, onvif-util in a net of its own. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Value } from 'typebox/value'
import type { FakeHost } from '../../gateway/testing/fake-host.ts'
import { freePort } from '../../gateway/testing/ports.ts'
import { type OnvifConfig, onvifConfig } from './config.ts'
import { definition } from './index.ts'
import { type CameraTown, type CameraTownOptions, createCameraTown, type TownCamera } from './simulator.ts'

export const LOGIN = { username: 'pingan', password: 'right-horse' } as const
export const loopsDir = fileURLToPath(new URL('../../config/scenarios/loops', import.meta.url))

export const endpointOf = (camera: number): string =>
  `urn:uuid:00000000-0000-4000-8000-${String(camera).padStart(12, '0')}`

export interface RunningTown extends CameraTown {
  readonly httpPort: number
  readonly rtspPort: number
  readonly discoveryPort: number
}

/** Starts cameras 1 … n (or those given) on loopback; WS-Discovery on a port of its own. */
export async function startTown(
  cameras: readonly Partial<TownCamera>[],
  options: Partial<CameraTownOptions> = {}
): Promise<RunningTown> {
  const discoveryPort = options.discoveryPort ?? (await freePort())
  const town = createCameraTown({
    cameras: cameras.map((camera, i) => ({
      number: i + 1,
      endpoint: endpointOf(i + 1),
      name: `街口 ${i + 1}`,
      ...camera
    })),
    loopsDir,
    login: LOGIN,
    httpPort: 0,
    rtspPort: 0,
    discovery: true,
    ...options,
    discoveryPort
  })
  return { ...town, discoveryPort, ...(await town.start()) }
}

/** Runs the adapter on loopback with short intervals; `stop` aborts and waits until it has ended. */
export function startAdapter(
  fake: FakeHost,
  settings: Partial<OnvifConfig>
): { stop(): Promise<void>; ended: Promise<void> } {
  const defaults = Value.Parse(onvifConfig, Value.Default(onvifConfig, {}))
  const quick = { interfaces: ['127.0.0.1'], probeIntervalMs: 100, probeWindowMs: 100, requestTimeoutMs: 2000 }
  const abort = new AbortController()
  const context = { site: 'test', assetsDir: '' }
  const ended = definition.create({ ...defaults, ...quick, ...settings }, context).run(fake.host, abort.signal)
  return {
    ended,
    async stop() {
      abort.abort()
      await ended
    }
  }
}

/** An HTTP server on loopback that behaves as told. */
export async function startHttp(listener: RequestListener): Promise<{ server: Server; port: number; stop(): void }> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const stop = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { server, port, stop }
}

export interface Recording {
  readonly status: number
  readonly body: string
}

/** `frames/<name>`: status from the first line, the rest as body. */
export function recording(name: string): Recording {
  const text = readFileSync(new URL(`frames/${name}`, import.meta.url), 'utf8')
  const [, status] = /^HTTP (\d+)/.exec(text) ?? []
  return status ? { status: Number(status), body: text.slice(text.indexOf('\n') + 1) } : { status: 200, body: text }
}

const SERVICE: Readonly<Record<string, string>> = {
  GetSystemDateAndTime: 'device',
  GetServices: 'device',
  GetCapabilities: 'device',
  GetDeviceInformation: 'device',
  GetProfiles: 'media',
  GetStreamUri: 'media',
  GetSnapshotUri: 'media'
}

/** A recorded server as a device; `claimed` is the address in its answers, whose port is made ours. */
export async function startRecorded(server: string, claimed: RegExp): Promise<{ port: number; stop(): void }> {
  const recorded = await startHttp(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const operation = Object.keys(SERVICE).find(name => new RegExp(`:${name}[ />]`).test(text))
    if (!operation) return void response.writeHead(404).end()
    const { status, body } = recording(`${server}/${SERVICE[operation]}.${operation}.txt`)
    response.writeHead(status, { 'content-type': 'application/soap+xml' })
    response.end(body.replaceAll(claimed, `10.77.0.99:${recorded.port}`))
  })
  return recorded
}

/**
 * Runs this file's `onvifUtilPeer` in a network of its own (user and network namespace with loopback only): onvif-util sends its multicast by
 * the routing table, and it must not leave the machine. Throws with a clear sentence when the tools are missing.
 */
export async function runOnvifUtil(): Promise<{ found: string; read: string; refused: string }> {
  const module = fileURLToPath(import.meta.url)
  const script = `import(${JSON.stringify(module)}).then(m => m.onvifUtilPeer()).then(r => console.log(JSON.stringify(r)))`
  const lines = 'ip link set lo up && ip route add 224.0.0.0/4 dev lo && exec "$0" -e "$1"'
  try {
    const { stdout } = await promisify(execFile)('unshare', ['-rn', 'sh', '-c', lines, process.execPath, script], {
      timeout: 60_000
    })
    return JSON.parse(stdout)
  } catch (error) {
    throw new Error(
      'needs onvif-util (Debian: onvif-tools), ip (iproute2) and unshare (util-linux) with user namespaces',
      { cause: error }
    )
  }
}

/**
 * Inside the network of its own: the standard port is free there.
 * @public called by name from the script above
 */
export async function onvifUtilPeer(): Promise<{ found: string; read: string; refused: string }> {
  const town = await startTown([{ name: '人民路口东南', events: {} }, { name: '粮库北墙 红外' }], {
    discoveryPort: 3702
  })
  const ask = (commands: string, ...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = execFile('onvif-util', args, { timeout: 60_000 }, (error, stdout, stderr) =>
        error && 'code' in error && error.code === 'ENOENT' ? reject(error) : resolve(stdout + stderr)
      )
      child.stdin?.end(commands)
    })
  try {
    const found = await ask('', '-a')
    const read = await ask(
      'get capabilities\nget profiles\nget profile 1\nget rtsp\nquit\n',
      '-u',
      LOGIN.username,
      '-p',
      LOGIN.password,
      '127.0.0.1'
    )
    const refused = await ask('quit\n', '-u', LOGIN.username, '-p', 'wrong', '127.0.0.1')
    return { found, read, refused }
  } finally {
    await town.stop()
  }
}
