/**
 * 15,000 MQTT boxes connected, each beating every 30 s, all pressing within 10 s: press → PUBACK, which comes after the journal. The peer is
 * mosquitto on the same machine in the same run with the same boxes: press → received by a subscriber, nothing journaled.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { freePort } from '../../gateway/testing/ports.ts'
import { until } from '../../gateway/testing/wait.ts'
import { option, percentile, report } from './kit.ts'
import type { StormMessage, StormOrder } from './parts/storm-load.ts'
import { figuresOf, runStorm, told } from './parts/storm-run.ts'

const BOXES = option('boxes', 15_000)
const SECONDS = option('seconds', 10)

/** Latencies publish → subscriber of every press that arrived. */
async function mosquitto(): Promise<readonly number[]> {
  const dir = mkdtempSync(join(tmpdir(), 'boxes-'))
  const port = await freePort()
  const conf = join(dir, 'mosquitto.conf')
  writeFileSync(conf, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_connections -1\nlog_type none\n`)
  const broker = spawn('mosquitto', ['-c', conf], { stdio: 'ignore' })
  const load = fork(join(import.meta.dirname, 'parts', 'storm-load.ts'))
  try {
    const seenAt = new Map<string, number>()
    await until('mosquitto listens', () => canConnect(port), 10_000)
    const subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`)
    await subscriber.subscribeAsync('v1/+/+/alarm', { qos: 1 })
    subscriber.on('message', topic => seenAt.set(topic, performance.timeOrigin + performance.now()))
    const presses = await pressAll(load, port)
    await until('every press at the subscriber', () => seenAt.size >= presses.length, 60_000).catch(() => {})
    await subscriber.endAsync(true)
    return presses.flatMap(({ source, atMs }) => {
      const at = seenAt.get(`v1/${source.slice('mqtt:'.length)}/alarm`)
      return at === undefined ? [] : [at - atMs]
    })
  } finally {
    load.kill()
    broker.kill()
    await once(broker, 'exit')
    rmSync(dir, { recursive: true, force: true })
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  const met = await once(socket, 'connect').catch(() => undefined)
  socket.destroy()
  return met !== undefined
}

async function pressAll(load: ChildProcess, mqttPort: number) {
  const order = { mqttPort, sipPort: 0, jt808Port: 0, password: 'none', boxes: BOXES, phones: 0, taxis: 0 }
  const ready = told(load, 'ready')
  load.send({ ...order, pressWithinMs: SECONDS * 1_000, giveUpMs: 60_000 } satisfies StormOrder)
  await ready
  const done = told(load, 'done')
  load.send('go')
  return ((await done) as Extract<StormMessage, { kind: 'done' }>).presses
}

const peer = await mosquitto()
const storm = await runStorm({ boxes: BOXES, taxis: 0, phones: 0, seconds: SECONDS })
report({
  bench: 'boxes',
  figures: {
    ...figuresOf(storm),
    mosquittoP50Ms: percentile(peer, 50),
    mosquittoP99Ms: percentile(peer, 99),
    mosquittoLost: BOXES - peer.length
  },
  goals: {
    presses: { min: BOXES },
    notAcknowledged: { max: 0 },
    notStored: { max: 0 },
    notOnConsole: { max: 0 },
    double: { max: 0 },
    acknowledgedP99Ms: { max: 2_000 },
    feedFaults: { max: 0 }
  }
})
process.exit()
