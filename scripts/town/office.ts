/** The town's administrator on the first day: by the pages' own requests he enters a patrol route and the county's platform, once for a data folder. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RouteDraft } from '../../gateway/core/patrol-route.ts'
import type { SinkDraft } from '../../gateway/core/sink-record.ts'
import type { Part, Ways } from './parts.ts'
import type { PatrolWays } from './patrols.ts'
import { PLATFORM } from './platform.ts'
import type { Town } from './scenario.ts'

const ADMINISTRATOR = '10001'
const AGAIN_MS = 2_000
const TIMEOUT_MS = 8_000
/** In the data folder: done, so that what a visitor takes out stays out. */
const DONE = 'demo.office'

export function officePart(town: Town, ways: Pick<Ways, 'seed'> & PatrolWays): Part {
  const mark = join(dirname(ways.loginsFile), DONE)
  const stopping = new AbortController()
  let isDone = existsSync(mark)
  let timer: NodeJS.Timeout | undefined
  const work = async (): Promise<void> => {
    if (isDone || stopping.signal.aborted) return
    try {
      await setUp(town, ways, stopping.signal)
      writeFileSync(mark, '', { mode: 0o600 })
      isDone = true
    } catch {
      // The gateway is not up yet, or has no people yet.
      timer = setTimeout(() => void work(), AGAIN_MS)
    }
  }
  return {
    name: 'office',
    count: 1,
    get online() {
      return isDone ? 1 : 0
    },
    async start() {
      void work()
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
    }
  }
}

/** Rejects when the gateway was not reached; what it will not take is told on standard error, and is not tried again. */
async function setUp(town: Town, ways: Pick<Ways, 'seed'> & PatrolWays, abort: AbortSignal): Promise<void> {
  let cookie = ''
  const post = async (path: string, body: object): Promise<Response> => {
    const answer = await fetch(ways.gateway + path, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) },
      signal: AbortSignal.any([abort, AbortSignal.timeout(TIMEOUT_MS)])
    })
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`)
    return answer
  }
  const login = await post('/api/login', { login: ADMINISTRATOR, password: passwordOf(ways.loginsFile) })
  cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const save = async (path: string, draft: object): Promise<void> => {
    const answer = (await (await post(path, { version: 0, draft })).json()) as { readonly faults?: unknown }
    if (answer.faults) console.error(`${path} was not taken: ${JSON.stringify(answer.faults)}`)
  }
  for (const route of routesOf(town)) await save('/api/patrol-routes', route)
  await save('/api/sinks', sinkOf(town, ways.seed))
  await post('/api/logout', {})
}

/** Throws before the gateway has written it. */
function passwordOf(file: string): string {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find(each => each.startsWith(`${ADMINISTRATOR} `))
  const password = line?.trim().split(/\s+/)[1]
  if (!password) throw new Error(`no ${ADMINISTRATOR} in ${file}`)
  return password
}

/** A round of twelve hours by day and one by night, as the town's units are on duty. */
function routesOf({ scenario: { routes }, point }: Town): readonly RouteDraft[] {
  const days = [1, 2, 3, 4, 5, 6, 7]
  return routes.map(({ name, cell, units, radiusM, points }) => ({
    ...{ name, gridCellId: cell, unitIds: units },
    rota: [
      { days, from: '08:00', to: '20:00' },
      { days, from: '20:00', to: '08:00' }
    ],
    points: points.map(({ name: called, at }) => {
      const [lon, lat] = point(at)
      return { name: called, lat, lon, radiusM }
    })
  }))
}

const sinkOf = ({ scenario: { ports } }: Town, seed: string): SinkDraft => ({
  ...{ name: PLATFORM.name, url: `http://127.0.0.1:${ports.platform}${PLATFORM.path}`, secret: PLATFORM.secret(seed) },
  ...{ enabled: true, format: 'json', scope: 'private', addresses: [], restriction: '', status: 'exercise' },
  ...{ tell: 'opened', personal: false, lowestPriority: 4, classes: [] }
})
