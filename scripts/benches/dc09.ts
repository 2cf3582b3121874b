/**
 * SIA DC-09: events decoded, journaled (synced) and acknowledged at a steady 10,000 a second, plain and encrypted, from 2,000 boxes behind 64
 * connections. The adapter with the real store; intake and incidents are not in it (see alarm-latency for the whole line).
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Default } from 'typebox/value'
import { type Dc09Config, dc09Config } from '../../adapters/dc09/config.ts'
import { createDc09Adapter } from '../../adapters/dc09/index.ts'
import { createHost } from '../../gateway/compose/adapter-host.ts'
import { createTrace } from '../../gateway/sources/trace.ts'
import { openReadOnly } from '../../gateway/storage/sqlite/open.ts'
import { openSqliteStore } from '../../gateway/storage/sqlite/store.ts'
import { systemClock } from '../../gateway/supervise/clock.ts'
import { silentLog } from '../../gateway/testing/fake-host.ts'
import { option, percentile, report } from './kit.ts'
import type { Dc09Done, Dc09Order } from './parts/dc09-load.ts'

const RATE = option('rate', 10_000)
const SECONDS = option('seconds', 10)
const ACCOUNTS = 2_000
const CONNECTIONS = 64
const KEY = '00112233445566778899AABBCCDDEEFF'

interface Round extends Dc09Done {
  readonly stored: number
  readonly rejected: number
  readonly cpuPercent: number
}

async function round(key: string | undefined): Promise<Round> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-dc09-'))
  const store = await openSqliteStore({ dir })
  const load = fork(join(import.meta.dirname, 'parts', 'dc09-load.ts'))
  const abort = new AbortController()
  let rejected = 0
  const trace = createTrace(() => true)
  const view = createHost({
    name: 'dc09',
    clock: systemClock,
    log: silentLog,
    accept: store.append,
    remember: async entry => void (await store.commit({ remember: [entry] })),
    remembered: new Map(),
    known: () => true,
    kindOf: () => undefined,
    knowsCamera: () => false,
    credential: async (_adapter, username) => (key === undefined ? undefined : { username, password: key }),
    sighted: () => {},
    position: () => {},
    camera: () => {},
    cameraEvent: () => {},
    reject: () => {
      rejected += 1
    },
    // The last frames are kept as in service.
    trace: (name, frame) => trace.write(name, frame, Date.now()),
    counted: () => {}
  })
  const config = { ...(Default(dc09Config, {}) as Dc09Config), address: '127.0.0.1', port: 0, udpPort: -1 }
  // Chatter is another test's business: here every event is one signal.
  const running = createDc09Adapter({ ...config, swingerAlarms: 100 }).run(view.host, abort.signal)
  try {
    await view.ready
    const port = view.endpoints[0]?.port ?? 0
    const order: Dc09Order = {
      port,
      connections: CONNECTIONS,
      accounts: ACCOUNTS,
      ratePerS: RATE,
      seconds: SECONDS,
      key
    }
    const cpu = process.cpuUsage()
    load.send(order)
    const [done] = (await once(load, 'message')) as [Dc09Done]
    const used = process.cpuUsage(cpu)
    abort.abort()
    await running
    await store.close()
    const db = openReadOnly(dir)
    const { n } = db.prepare('SELECT count(*) AS n FROM signals').get() as { n: number }
    db.close()
    return { ...done, stored: n, rejected, cpuPercent: (used.user + used.system) / 10 / done.tookMs }
  } finally {
    load.disconnect()
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

const plain = await round(undefined)
const secret = await round(KEY)
const perS = (one: Round) => (one.acknowledged * 1_000) / one.tookMs
report({
  bench: 'dc09',
  figures: {
    perS: perS(plain),
    p50Ms: percentile(plain.latenciesMs, 50),
    p99Ms: percentile(plain.latenciesMs, 99),
    maxMs: percentile(plain.latenciesMs, 100),
    lost: plain.sent - plain.acknowledged,
    acknowledgedNotStored: plain.acknowledged - plain.stored,
    cpuPercent: plain.cpuPercent,
    encryptedPerS: perS(secret),
    encryptedP50Ms: percentile(secret.latenciesMs, 50),
    encryptedP99Ms: percentile(secret.latenciesMs, 99),
    encryptedLost: secret.sent - secret.acknowledged,
    encryptedNotStored: secret.acknowledged - secret.stored,
    encryptedCpuPercent: secret.cpuPercent,
    rejected: plain.rejected + secret.rejected,
    lateLoad: plain.late + secret.late
  },
  goals: {
    perS: { min: RATE * 0.98 },
    lost: { max: 0 },
    acknowledgedNotStored: { max: 0 },
    encryptedPerS: { min: RATE * 0.98 },
    encryptedLost: { max: 0 },
    encryptedNotStored: { max: 0 }
  }
})
process.exit()
