/** The simulated town on the command line: `run` keeps it alive, everything else talks to the running one. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { askTown, controlToken, type Kind, startControl } from './town/control.ts'
import { ROOT } from './town/plan.ts'
import { readTown } from './town/scenario.ts'
import { PARTS, type PartName, type RunningTown, startTown } from './town/town.ts'

const USAGE = readFileSync(join(ROOT, 'scripts/lib/simulate-usage.txt'), 'utf8').trimEnd()

const { values, positionals } = argumentsOf({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: join(ROOT, 'data/demo') },
    gateway: { type: 'string' },
    port: { type: 'string', default: '8080' },
    mqtt: { type: 'string', default: '1883' },
    sip: { type: 'string', default: '5060' },
    sips: { type: 'string', default: '5061' },
    jt808: { type: 'string', default: '7611' },
    jt905: { type: 'string', default: '7612' },
    dc09: { type: 'string', default: '7614' },
    control: { type: 'string' },
    scenario: { type: 'string', default: join(ROOT, 'config/scenarios/town.yaml') },
    only: { type: 'string' },
    help: { type: 'boolean' }
  }
})

function argumentsOf<T extends NonNullable<Parameters<typeof parseArgs>[0]>>(
  config: T
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(2)
  }
}

const data = resolve(values.data)
const town = readTown(resolve(values.scenario))
const controlPort = values.control === undefined ? town.scenario.ports.control : portOf('control', values.control)

function portOf(name: string, text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--${name} ${text} is no port (0–65535)`)
  return port
}

function partsOf(only: string | undefined): readonly PartName[] {
  const names = only?.split(',') ?? PARTS
  for (const name of names)
    if (!PARTS.includes(name as PartName)) throw new Error(`--only ${name}: there are ${PARTS.join(', ')}`)
  return names as readonly PartName[]
}

/** The gateway makes the seed at its first start in demo mode; the town may have been started before it. */
async function seed(): Promise<string> {
  const file = join(data, 'demo.seed')
  if (!existsSync(file)) console.log(`waiting for ${file}, which the gateway makes with --demo`)
  while (!existsSync(file) || readFileSync(file, 'utf8').trim() === '') await new Promise(done => setTimeout(done, 200))
  return readFileSync(file, 'utf8').trim()
}

/** At most one line a second, and only when something is different. */
function watch(running: RunningTown): NodeJS.Timeout {
  let last = ''
  return setInterval(() => {
    const { parts } = running.status()
    const line = Object.entries(parts)
      .map(([name, { online, count }]) => `${name} ${online}/${count}`)
      .join(' · ')
    if (line !== last) console.log(line)
    last = line
  }, 1_000)
}

async function run(): Promise<void> {
  const parts = partsOf(values.only)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const running = await startTown(
    town,
    {
      seed: await seed(),
      mqtt: `mqtt://127.0.0.1:${portOf('mqtt', values.mqtt)}`,
      sip: { address: '127.0.0.1', port: portOf('sip', values.sip) },
      sips: { address: '127.0.0.1', port: portOf('sips', values.sips) },
      gatewayCertificate: join(data, 'tls-cert.pem'),
      jt808: { host: '127.0.0.1', port: portOf('jt808', values.jt808) },
      jt905: { host: '127.0.0.1', port: portOf('jt905', values.jt905) },
      dc09: { host: '127.0.0.1', port: portOf('dc09', values.dc09) },
      gateway: values.gateway ?? `http://127.0.0.1:${portOf('port', values.port)}`,
      loginsFile: join(data, 'logins.txt'),
      certificateFile: join(data, 'cameras.pem')
    },
    parts
  )
  const control = await startControl(controlPort, controlToken(data), running).catch(async error => {
    await running.stop()
    throw new Error(`the control port ${controlPort} cannot be opened (--control): ${error.message}`)
  })
  const watching = watch(running)
  const stop = async () => {
    clearInterval(watching)
    await Promise.allSettled([control.stop(), running.stop()])
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop())
  process.send?.('ready')
}

async function press([kind, n]: readonly string[]): Promise<void> {
  const result = await askTown(data, controlPort, '/press', { kind: kind as Kind, n: Number(n) })
  if (kind === 'storm')
    console.log(
      `${result.acknowledged} of ${n} presses acknowledged, ${result.failed} not; the slowest after ${Math.round(Number(result.slowestMs))} ms`
    )
  else
    console.log(`${kind} ${n}: ${result.name}, ${result.address}: acknowledged after ${result.acknowledgedAfterMs} ms`)
  if (result.note) console.log(String(result.note))
}

async function main([command, ...rest]: readonly string[]): Promise<void> {
  if (values.help || command === undefined) console.log(USAGE)
  else if (command === 'run') await run()
  else if (command === 'press' && rest.length === 2) await press(rest)
  else if (command === 'patrol' && rest.length === 2 && /^(manual|auto)$/.test(rest[1] ?? '')) {
    const result = await askTown(data, controlPort, '/patrol', { unit: rest[0], manual: rest[1] === 'manual' })
    console.log(`${result.unit} is ${result.manual ? 'left to a person' : 'simulated again'}`)
  } else if (command === 'status') console.log(JSON.stringify(await askTown(data, controlPort, '/status'), null, 2))
  else throw new Error(USAGE)
}

try {
  await main(positionals)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
