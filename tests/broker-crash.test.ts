/**
 * Boxes press at a real mosquitto, the gateway behind it is killed with SIGKILL at random moments: what the broker took is in the journal
 * afterwards, once. 3 lives, 30 with --full.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBox } from '../adapters/mqtt/simulator.ts'
import type { Signal } from '../gateway/core/signal.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { openSqliteStore } from '../gateway/storage/sqlite/store.ts'
import { prepareMosquitto } from '../gateway/testing/mosquitto.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const WAIT_MS = 180_000
const LIVES = process.env.PINGAN_FULL === '1' ? 30 : 3
/** So many that none presses faster than a person could, also when the broker sends together what it kept: each press is a row of its own then. */
const BOXES = 60
/** So many presses may lie at the broker: a crowd that outruns a slow machine would only make it wait. */
const MAX_AHEAD = 200
const nameOf = (n: number) => `box-${n}`
const numbers = Array.from({ length: BOXES }, (_, n) => n)

test(
  `killed ${LIVES} times behind a mosquitto, nothing that it took is lost and nothing is twice`,
  async () => {
    const dir = tempDir('broker-crash')
    const users = Object.fromEntries([['gateway', 'g'], ...numbers.map(n => [`linxi/${nameOf(n)}`, `p${n}`])])
    const broker = await prepareMosquitto({ dir: tempDir('broker-crash-mosquitto'), users })
    await broker.start()
    const sources = numbers.map(n => ({ id: `mqtt:linxi/${nameOf(n)}`, subjectId: 'shop', kind: 'alarmBox' }))
    const external = { url: `mqtt://127.0.0.1:${broker.port}` }
    const setup = await prepareProcess(
      dir,
      { ...SMALL_TOWN, sources },
      {
        adapters: {
          mqtt: { embedded: false, external },
          ...Object.fromEntries(['sip', 'jt808', 'dc09', 'webhook', 'onvif'].map(name => [name, { enabled: false }]))
        }
      }
    )
    const store = await openSqliteStore({ dir: join(dir, 'data') })
    await store.saveCredential(
      { adapter: 'mqtt', key: 'broker', username: 'gateway', password: 'g' },
      { atMs: 0, who: 'test', action: 'deviceCredential', object: 'mqtt:broker', outcome: 'done' }
    )
    await store.close()

    const taken = new Set<string>()
    let gateway = spawnGateway(setup)
    await gateway.ready
    let go = true
    let journaled = 0
    const boxes = numbers.map(n =>
      createBox({
        ...{ url: external.url, username: `linxi/${nameOf(n)}`, password: `p${n}` },
        ...{ site: 'linxi', source: nameOf(n) }
      })
    )
    await Promise.all(boxes.map(box => box.start()))
    const loops = boxes.map(async (box, n) => {
      while (go) {
        await until('the line keeps up', () => !go || taken.size - journaled < MAX_AHEAD, WAIT_MS)
        const { eventId } = await box.press()
        taken.add(`mqtt:linxi/${nameOf(n)} ${eventId}`)
        // A crowd, and still work that the line gets done: every press is a step of one incident.
        await new Promise(resolve => setTimeout(resolve, 600))
      }
    })
    const signals = (): Signal[] => {
      const db = openReadOnly(join(dir, 'data'))
      const rows = db.prepare("SELECT body FROM signals WHERE body LIKE '%linxi/box-%'").all() as { body: string }[]
      db.close()
      return rows.map(row => JSON.parse(row.body) as Signal)
    }
    const count = (): number => {
      const db = openReadOnly(join(dir, 'data'))
      const row = db.prepare("SELECT count(*) AS n FROM signals WHERE body LIKE '%linxi/box-%'").get() as { n: number }
      db.close()
      journaled = row.n
      return journaled
    }
    try {
      for (let life = 0; life < LIVES; life++) {
        const before = count()
        await until('presses are journaled', () => count() > before + 50, WAIT_MS)
        await new Promise(resolve => setTimeout(resolve, Math.random() * 300))
        await gateway.kill('SIGKILL')
        gateway = spawnGateway(setup)
        await gateway.ready
      }
      go = false
      await Promise.all(loops)
      const missing = () => {
        const stored = new Set(signals().map(signal => `${signal.sourceId} ${signal.eventId}`))
        return [...taken].filter(event => !stored.has(event))
      }
      await until('all that the broker took is journaled', () => missing().length === 0, WAIT_MS)
      const all = signals().filter(signal => signal.alarmClass === 'panic')
      expect(new Set(all.map(signal => `${signal.sourceId} ${signal.eventId}`)).size).toBe(all.length)
      expect(taken.size).toBeGreaterThan(LIVES * 50)
      await until(
        'all is worked',
        async () => {
          const metrics = await (await fetch(`http://127.0.0.1:${setup.ports.http}/metrics`)).text()
          return /^pingan_queue 0$/m.test(metrics)
        },
        WAIT_MS
      )
      await gateway.kill('SIGTERM')
      const verified = await runCommand(['verify', '--config', setup.configFile])
      expect(verified.output).toContain('all invariants hold')
    } finally {
      go = false
      await Promise.all(boxes.map(box => box.stop()))
      await gateway.kill('SIGKILL')
      await broker.kill('SIGKILL')
    }
  },
  LIVES * 60_000 + 400_000
)
