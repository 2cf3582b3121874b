/** A real mosquitto with the sample configuration of config/mosquitto: its own folder and port, to be killed and started again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './ports.ts'
import { until } from './wait.ts'

const run = promisify(execFile)
const SAMPLE = join(import.meta.dirname, '..', '..', 'config', 'mosquitto')

export interface Mosquitto {
  readonly port: number
  start(): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
  /** mosquitto_pub with QoS 1; resolves at the broker's PUBACK. */
  publish(user: string, topic: string, message: string, ...more: readonly string[]): Promise<void>
  /** Arguments of mosquitto's clients for this user. */
  as(user: string): readonly string[]
}

export interface MosquittoOptions {
  readonly dir: string
  /** user → password. */
  readonly users: Readonly<Record<string, string>>
  /** PEM; then it speaks TLS only. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** Not started yet. */
export async function prepareMosquitto({ dir, users, tls }: MosquittoOptions): Promise<Mosquitto> {
  const port = await freePort()
  const at = (name: string) => join(dir, name)
  // Started as root, mosquitto goes on as a user of its own.
  chmodSync(dir, 0o777)
  copyFileSync(join(SAMPLE, 'acl'), at('acl'))
  writeFileSync(at('passwords'), '')
  for (const [user, password] of Object.entries(users))
    await run('mosquitto_passwd', ['-b', at('passwords'), user, password])
  for (const name of ['acl', 'passwords']) chmodSync(at(name), 0o644)
  if (tls) {
    writeFileSync(at('broker.crt'), tls.cert, { mode: 0o644 })
    writeFileSync(at('broker.key'), tls.key, { mode: 0o644 })
  }
  const listener = tls
    ? `listener ${port} 127.0.0.1\ncertfile ${at('broker.crt')}\nkeyfile ${at('broker.key')}`
    : `listener ${port} 127.0.0.1`
  const sample = readFileSync(join(SAMPLE, 'mosquitto.conf'), 'utf8')
    .replace('listener 1883', listener)
    .replaceAll('/etc/mosquitto/', `${dir}/`)
    .replace('/var/lib/mosquitto/', `${dir}/`)
  writeFileSync(at('mosquitto.conf'), sample, { mode: 0o644 })
  let child: ChildProcess | undefined
  const as = (user: string) => [
    ...['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', '-u', user, '-P', users[user] ?? ''],
    ...(tls ? ['--cafile', at('broker.crt')] : [])
  ]
  return {
    ...{ port, as },
    async start() {
      const started = spawn('mosquitto', ['-c', at('mosquitto.conf')], { stdio: 'ignore' })
      child = started
      let missing: Error | undefined
      started.once('error', error => {
        missing = error
      })
      await until('mosquitto listens', () => {
        if (missing) throw missing
        if (started.exitCode !== null)
          throw new Error(`mosquitto ended with ${started.exitCode}; is port ${port} taken?`)
        return listens(port)
      })
    },
    async kill(signal = 'SIGTERM') {
      const gone = child
      child = undefined
      if (!gone || gone.exitCode !== null) return
      const closed = new Promise(resolve => gone.once('close', resolve))
      gone.kill(signal)
      await closed
    },
    async publish(user, topic, message, ...more) {
      await run('mosquitto_pub', [...as(user), '-q', '1', '-t', topic, '-m', message, ...more], { timeout: 60_000 })
    }
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(port, '127.0.0.1', () => resolve(true))
    probe.once('error', () => resolve(false))
    probe.once('close', () => probe.destroy())
    probe.once('connect', () => probe.end())
  })
}
