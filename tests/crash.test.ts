/**
 * The gateway is killed with SIGKILL at random moments under load from four protocols. What was acknowledged to a device is there
 * afterwards, once; `verify` says so. 3 lives, 50 with --full.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPanel } from '../adapters/dc09/simulator.ts'
import { createTaxi } from '../adapters/jt808/simulator.ts'
import { createBox } from '../adapters/mqtt/simulator.ts'
import { openLine } from '../adapters/sip/simulator.ts'
import { pressesOf, type Signal } from '../gateway/core/signal.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { openSqliteStore } from '../gateway/storage/sqlite/store.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const LIVES = process.env.PINGAN_FULL === '1' ? 50 : 3
const BOXES = 12
const TAXIS = 4
const HOUSEHOLDS = 6
const PANELS = 6
/** Boxes that press faster than anybody can, and how many presses each has on its way at once. */
const BROKEN_BOXES = 1
const AT_ONCE = 16
const PASSWORD = 'crash-test'
const AES_KEY = '00112233445566778899AABBCCDDEEFF'

const at = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

const town = {
  ...SMALL_TOWN,
  subjects: [
    ...many(BOXES, n => ({
      id: `shop-${n}`,
      kind: 'premises',
      name: `店 ${n}`,
      address: `建设路 ${n} 号`,
      position: at
    })),
    ...many(PANELS, n => ({
      id: `village-${n}`,
      kind: 'premises',
      name: `村 ${n}`,
      address: `村 ${n} 号`,
      position: at
    })),
    ...many(TAXIS, n => ({ id: `taxi-${n}`, kind: 'vehicle', name: `闽J·T00${n}`, address: '' })),
    ...many(HOUSEHOLDS, n => ({
      id: `home-${n}`,
      kind: 'household',
      name: `户 ${n}`,
      address: `杏花巷 ${n} 号`,
      position: at,
      groupId: 'g1'
    }))
  ],
  sources: [
    ...many(BOXES, n => ({ id: `mqtt:linxi/box-${n}`, subjectId: `shop-${n}`, kind: 'alarmBox' })),
    ...many(PANELS, n => ({ id: `dc09:100${n}`, subjectId: `village-${n}`, kind: 'alarmBox' })),
    ...many(TAXIS, n => ({ id: `jt808:01390000000${n}`, subjectId: `taxi-${n}`, kind: 'taxi' })),
    ...many(HOUSEHOLDS, n => ({ id: `sip:665020${n}`, subjectId: `home-${n}`, kind: 'panicPhone' }))
  ]
}

/** What devices were told is safe: source and event id; a taxi knows only that its report was acknowledged. */
interface Acknowledged {
  readonly events: Set<string>
  /** Of a DC-09 box: the text that its event carried. */
  readonly reports: Set<string>
  taxiPresses: number
}

async function load(
  ports: Awaited<ReturnType<typeof prepareProcess>>['ports'],
  known: Acknowledged,
  running: { go: boolean }
) {
  const boxes = many(BOXES, n =>
    createBox({
      url: `mqtt://127.0.0.1:${ports.mqtt}`,
      username: `linxi/box-${n}`,
      password: PASSWORD,
      site: 'linxi',
      source: `box-${n}`
    })
  )
  const taxis = many(TAXIS, n =>
    createTaxi({
      host: '127.0.0.1',
      port: ports.jt808,
      phone: `01390000000${n}`,
      plate: `闽J·T00${n}`,
      version: 2013,
      place: () => ({ lat: 27.03, lon: 119.61, speedKmh: 30, headingDeg: 0 }),
      reportMs: 200,
      resendMs: 500,
      maxBackoffMs: 300
    })
  )
  // Half of them encrypted, a third over UDP; each frame holds two events.
  const panels = many(PANELS, n =>
    createPanel({
      host: '127.0.0.1',
      port: ports.dc09,
      account: `100${n}`,
      transport: n % 3 === 0 ? 'udp' : 'tcp',
      key: n % 2 === 0 ? AES_KEY : undefined,
      retryMs: 300
    })
  )
  const line = await openLine({ server: { address: '127.0.0.1', port: ports.sip } })
  const phones = many(HOUSEHOLDS, n => line.telephone({ number: `665020${n}`, asserted: true }))
  await Promise.all(boxes.map(box => box.start()))
  for (const device of [...taxis, ...panels]) device.start()
  const loops = [
    ...panels.map(async (panel, n) => {
      for (let k = 0; running.go; k++) {
        const label = `box${n}-event${k}.`
        await panel.report('SIA-DCS', `NPA01^${label}^FA02^${label}^`)
        known.reports.add(label)
        // Slow enough to be journaled one by one, so that each can be looked for.
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    }),
    ...boxes.flatMap((box, n) =>
      many(n < BROKEN_BOXES ? AT_ONCE : 1, async () => {
        while (running.go) {
          // Beyond its first few on their way the client gives up what was not acknowledged when the line broke.
          const pressed = await box.press().catch(() => undefined)
          if (pressed) known.events.add(`mqtt:linxi/box-${n} ${pressed.eventId}`)
        }
      })
    ),
    ...phones.map(async (phone, n) => {
      while (running.go) {
        const { callId, ringingAtMs, ended } = await phone.press({ hangUpAfterMs: 50 })
        if (ringingAtMs !== undefined) known.events.add(`sip:665020${n} ${callId}`)
        await ended
      }
    }),
    ...taxis.map(async taxi => {
      await taxi.press()
      known.taxiPresses += 1
    })
  ]
  return {
    loops,
    async stop() {
      await Promise.all([
        ...boxes.map(box => box.stop()),
        ...taxis.map(taxi => taxi.stop()),
        ...panels.map(panel => panel.stop()),
        ...phones.map(phone => phone.close())
      ])
      await line.close()
    }
  }
}

test(
  `killed ${LIVES} times under load, nothing acknowledged is lost and nothing is twice`,
  async () => {
    const dir = tempDir('crash')
    const setup = await prepareProcess(dir, town)
    const store = await openSqliteStore({ dir: join(dir, 'data') })
    const logIns = [
      ...many(BOXES, n => ({ adapter: 'mqtt', key: `linxi/box-${n}`, password: PASSWORD })),
      ...many(PANELS / 2, n => ({ adapter: 'dc09', key: `100${n * 2}`, password: AES_KEY }))
    ]
    for (const logIn of logIns) {
      const audit = { atMs: 0, who: 'test', action: 'deviceCredential', object: logIn.key, outcome: 'done' as const }
      await store.saveCredential({ ...logIn, username: logIn.key }, audit)
    }
    await store.close()

    const known: Acknowledged = { events: new Set(), reports: new Set(), taxiPresses: 0 }
    const running = { go: true }
    let gateway = spawnGateway(setup)
    await gateway.ready
    const devices = await load(setup.ports, known, running)
    for (let life = 0; life < LIVES; life++) {
      const [events, reports] = [known.events.size, known.reports.size]
      await until(
        'presses and reports go through',
        () => known.events.size > events + 30 && known.reports.size > reports + 10
      )
      await new Promise(resolve => setTimeout(resolve, Math.random() * 400))
      await gateway.kill('SIGKILL')
      gateway = spawnGateway(setup)
      await gateway.ready
    }
    running.go = false
    await until('the taxis were acknowledged', () => known.taxiPresses === TAXIS)
    await Promise.all(devices.loops)
    await devices.stop()
    await until('all is worked', async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${setup.ports.http}/metrics`)).text()
      return /^pingan_queue 0$/m.test(metrics)
    })
    await gateway.kill('SIGTERM')

    const verified = await runCommand(['verify', '--config', setup.configFile])
    expect(verified.output).toContain('all invariants hold')
    expect(verified.code).toBe(0)
    const db = openReadOnly(join(dir, 'data'))
    const signals = (db.prepare('SELECT body FROM signals').all() as { body: string }[]).map(
      row => JSON.parse(row.body) as Signal
    )
    db.close()
    // Of boxes that press faster than anybody can most presses stand in rows of many (gather.ts).
    expect(signals.some(signal => pressesOf(signal) > 1)).toBe(true)
    const acknowledged = Map.groupBy(known.events, event => event.slice(0, event.indexOf(' ')))
    for (const [source, events] of acknowledged) {
      const presses = signals
        .filter(
          ({ sourceId, qualifier, condition }) => sourceId === source && qualifier === 'new' && condition === 'alarm'
        )
        .reduce((sum, signal) => sum + pressesOf(signal), 0)
      expect(presses, source).toBeGreaterThanOrEqual(events.length)
      // What was killed between journal and acknowledgement may count twice.
      expect(presses, source).toBeLessThanOrEqual(events.length + 2 * AT_ONCE * LIVES)
    }
    const taxis = signals.filter(signal => signal.sourceId.startsWith('jt808:') && signal.qualifier === 'new')
    expect(new Set(taxis.map(signal => signal.sourceId)).size).toBe(TAXIS)
    expect(taxis).toHaveLength(TAXIS)
    expect(known.events.size).toBeGreaterThan(LIVES * 30)
    const boxes = signals.filter(signal => signal.sourceId.startsWith('dc09:') && signal.text?.includes('event'))
    const copies = Map.groupBy(boxes, signal => /box\d+-event\d+\./.exec(signal.text ?? '')?.[0])
    // Panic and fire of each frame, once each: also of one that was killed between journal and acknowledgement.
    expect([...known.reports].filter(label => copies.get(label)?.length !== 2)).toEqual([])
    expect([...copies.values()].filter(list => list.length > 2)).toEqual([])
    expect(known.reports.size).toBeGreaterThan(LIVES * 10)
  },
  LIVES * 40_000 + 60_000
)
